import { SetMetadata } from '@nestjs/common';

/** Does the same as `@ApiExcludeController()`, without requiring `@nestjs/swagger`. */
export function ExcludeFromOpenApi(): ClassDecorator {
  return SetMetadata('swagger/apiExcludeController', [true]);
}
