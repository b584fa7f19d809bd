import { Controller, Delete, Param } from '@nestjs/common';
import { RequireCaller } from 'nestjs-propelauth';

@Controller('infra/users')
@RequireCaller('infra-token')
export class InfraController {
  @Delete(':id')
  remove(@Param('id') id: string) {
    return { removed: id };
  }
}
