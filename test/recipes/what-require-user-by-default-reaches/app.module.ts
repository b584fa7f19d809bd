import { Controller, Get, Module } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';

export const issuer = await TestIssuer.create();

@Controller('reports')
class ReportsController {
  @Get()
  list() {
    return [];
  }
}

@Module({
  imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, requireUserByDefault: true })],
  controllers: [ReportsController],
})
export class AppModule {}
