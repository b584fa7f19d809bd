import { PropelAuthModule } from 'nestjs-propelauth';
import { liveAccess, newMemberships } from 'nestjs-propelauth/live-access';
import { mcpServer } from 'nestjs-propelauth/mcp';
import { telemetry } from 'nestjs-propelauth/telemetry';

declare module 'nestjs-propelauth' {
  interface PropelAuthTypes {
    role: 'Owner' | 'Admin' | 'Member';
    permission: 'can_archive_projects';
    orgMetadata: { plan?: 'free' | 'pro' };
  }
}

export const propelAuth = PropelAuthModule.forRoot({
  authUrl: process.env.PROPELAUTH_AUTH_URL!,
  apiKey: process.env.PROPELAUTH_API_KEY!,
  requireUserByDefault: true,
  except: ['/docs', '/docs-json', '/docs-yaml'], // in development, Swagger UI is public
  webhooks: { secret: process.env.PROPELAUTH_WEBHOOK_SECRET!, path: '/webhooks/propelauth' },
  plugins: [
    liveAccess(), // Removed members lose access at once.
    newMemberships(), // New members have access at once. Next.js lists the organization with their next token.
    telemetry({ spanAttributes: true }),
    mcpServer({
      resource: process.env.MCP_RESOURCE ?? `http://localhost:${process.env.API_PORT ?? 3001}/mcp`,
      introspection: {
        clientId: process.env.PROPELAUTH_INTROSPECTION_CLIENT_ID!,
        clientSecret: process.env.PROPELAUTH_INTROSPECTION_CLIENT_SECRET!,
      },
      scopes: ['read:tasks'],
    }),
  ],
});
