import { SetMetadata } from '@nestjs/common';

/** What `@ApiExcludeController()` of `@nestjs/swagger` does, which need not be installed. */
export function ExcludeFromOpenApi(): ClassDecorator {
  return SetMetadata('swagger/apiExcludeController', [true]);
}
