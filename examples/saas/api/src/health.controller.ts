import { Controller, Get } from '@nestjs/common';
import { Public } from 'nestjs-propelauth';

@Controller('health')
export class HealthController {
  @Get()
  @Public()
  check() {
    return { status: 'ok' };
  }
}
