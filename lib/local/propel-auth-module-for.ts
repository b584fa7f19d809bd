import type { DynamicModule } from '@nestjs/common';
import { PropelAuthApi } from '../api/propel-auth-api.js';
import { BackendClient } from '../backend/backend-client.js';
import { PropelAuthModule } from '../module/propel-auth.module.js';
import type { McpOptions } from '../options/mcp-options.interface.js';
import type { WebhooksOptions } from '../options/webhooks-options.interface.js';
import type { TestIssuer } from './issuer/test-issuer.js';
import { isJsonObject } from '../values/json-object.js';
import { LocalSecret } from './access/local-secret.js';
import { AuthorizationServer } from './mcp/authorization-server.js';
import { introspectionCredentials } from './mcp/introspection-credentials.js';
import { LocalBackendClient } from './mcp/local-backend-client.js';
import { LocalProject } from './local-project.js';
import type { LocalPropelAuthOptions } from './local-propel-auth-options.interface.js';

/** `PropelAuthModule` with the keys of the project, and with the project instead of PropelAuth's backend. */
export function propelAuthModuleFor(
  project: DynamicModule,
  options: LocalPropelAuthOptions,
): DynamicModule {
  const {
    enabled: _enabled,
    origin: _origin,
    seed: _seed,
    oauthClient: _client,
    secret: _secret,
    allowedOrigins: _allowedOrigins,
    isGlobal,
    requireUserByDefault,
    ...others
  } = options;
  const definition = PropelAuthModule.forRootAsync({
    imports: [project],
    inject: [LocalProject, LocalSecret],
    // Only the developer sees the reasons for rejected requests, and needs them.
    useFactory: ({ issuer }: LocalProject, secret: LocalSecret) => ({
      debugMode: true,
      ...others,
      ...issuer.moduleOptions,
      webhooks: withSecret(others.webhooks, issuer),
      mcp: withCredentials(others.mcp, secret),
    }),
    isGlobal,
    requireUserByDefault,
  });
  return {
    ...definition,
    providers: [
      ...(definition.providers ?? []),
      {
        provide: PropelAuthApi,
        inject: [LocalProject],
        useFactory: ({ api }: LocalProject) => api,
      },
      {
        provide: BackendClient,
        inject: [LocalProject, { token: AuthorizationServer, optional: true }],
        useFactory: (local: LocalProject, server?: AuthorizationServer) =>
          server ? new LocalBackendClient(local, server) : local.api.backendClient,
      },
    ],
  };
}

/** What other resource servers use, too. */
function withCredentials(
  mcp: LocalPropelAuthOptions['mcp'],
  secret: LocalSecret,
): McpOptions | undefined {
  return mcp && { ...mcp, introspection: introspectionCredentials(secret) };
}

/** The secret of the application, which can also sign with it in another process; without one, that of the project. */
function withSecret(
  webhooks: LocalPropelAuthOptions['webhooks'],
  { webhookSecret }: TestIssuer,
): WebhooksOptions | undefined {
  if (!isJsonObject(webhooks)) return webhooks;
  return { ...webhooks, secret: webhooks.secret ?? webhookSecret };
}
