import type { Provider } from '@nestjs/common';
import { AllowedOrigins } from '../access/allowed-origins.js';
import { LocalSecret } from '../access/local-secret.js';
import type { LocalOptions } from '../local-options.js';
import { LocalProject } from '../local-project.js';
import { AuthorizationServer } from './authorization-server.js';
import { introspectionCredentials } from './introspection-credentials.js';
import { McpAccounts } from './mcp-accounts.js';
import { McpEndpoints } from './mcp-endpoints.js';
import { authorizationServerMetadata } from './metadata.js';
import { warnOfOldNode } from './supported-node.js';

/** What an application with the option `mcp` has in addition. */
export function mcpParts({ origin, mcp }: LocalOptions, projectId: string): Provider[] {
  if (mcp === undefined) return [];
  return [
    {
      provide: AuthorizationServer,
      inject: [LocalProject, LocalSecret],
      useFactory: (project: LocalProject, secret: LocalSecret) => {
        warnOfOldNode();
        return AuthorizationServer.create({
          origin,
          mcp,
          credentials: introspectionCredentials(secret),
          accounts: new McpAccounts(project),
          cookieKey: secret.sign('mcp cookies'),
          projectId,
        });
      },
    },
    {
      provide: McpEndpoints,
      inject: [AuthorizationServer, LocalSecret, AllowedOrigins],
      useFactory: (server: AuthorizationServer, secret: LocalSecret, origins: AllowedOrigins) =>
        new McpEndpoints(
          mcp.resource,
          server,
          authorizationServerMetadata(origin, mcp.scopes),
          secret,
          origins,
        ),
    },
  ];
}
