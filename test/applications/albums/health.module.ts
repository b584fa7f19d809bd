import { Controller, Get, Module } from '@nestjs/common';

/** Stands for a library, which knows nothing of this package. */
@Controller('health')
export class HealthController {
  @Get()
  check() {
    return { status: 'ok' };
  }
}

@Module({ controllers: [HealthController] })
export class HealthModule {}
