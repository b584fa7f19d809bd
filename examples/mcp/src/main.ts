import { Module } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { AppModule } from './app.module.js';
import { start } from './start.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
      mcp: {
        resource: process.env.MCP_RESOURCE!,
        introspection: {
          clientId: process.env.PROPELAUTH_INTROSPECTION_CLIENT_ID!,
          clientSecret: process.env.PROPELAUTH_INTROSPECTION_CLIENT_SECRET!,
        },
        scopes: ['read:reports'],
      },
    }),
    AppModule,
  ],
})
class RootModule {}

await start(RootModule, Number(process.env.PORT ?? 3000));
