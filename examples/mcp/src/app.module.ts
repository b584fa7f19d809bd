import { Module } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { mcpServer } from 'nestjs-propelauth/mcp';
import { McpEndpoint } from './mcp-server.js';
import { Reports } from './reports.js';
import { ReportsController } from './reports.controller.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
      plugins: [
        mcpServer({
          resource: process.env.MCP_RESOURCE ?? `http://localhost:${process.env.PORT ?? 3000}/mcp`,
          introspection: {
            clientId: process.env.PROPELAUTH_INTROSPECTION_CLIENT_ID!,
            clientSecret: process.env.PROPELAUTH_INTROSPECTION_CLIENT_SECRET!,
          },
          scopes: ['read:reports'],
        }),
      ],
    }),
  ],
  controllers: [McpEndpoint, ReportsController],
  providers: [Reports],
})
export class AppModule {}
