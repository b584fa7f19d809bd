import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { activeOrg, CurrentUser, RequireOrgRole, RequireUser, type User } from 'nestjs-propelauth';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';

@Controller()
class ReportsController {
  @Get('me')
  @RequireUser()
  me(@CurrentUser() user: User) {
    return { email: user.email };
  }

  @Get('reports')
  @RequireOrgRole('Admin', { org: activeOrg() })
  reports() {
    return { reports: [] };
  }
}

/** Where the API is, who may use it, and over which HTTP adapter. */
export interface ApiOptions {
  readonly port: number;
  readonly secret: string;
  readonly frontEnd: string;
  readonly adapter: AbstractHttpAdapter;
}

/** Starts an API with the local PropelAuth, as src/main.local.ts does. */
export async function startApi({ port, secret, frontEnd, adapter }: ApiOptions) {
  @Module({
    imports: [
      LocalPropelAuthModule.forRoot({
        enabled: true,
        origin: `http://localhost:${port}`,
        allowedOrigins: [frontEnd],
        secret,
      }),
    ],
    controllers: [ReportsController],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, adapter, { logger: false });
  app.enableCors({ origin: frontEnd, credentials: true });
  await app.listen(port, 'localhost');
  return app;
}
