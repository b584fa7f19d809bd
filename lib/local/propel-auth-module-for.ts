import type { DynamicModule } from '@nestjs/common';
import { PropelAuthApi } from '../api/propel-auth-api.js';
import { BackendClient } from '../backend/backend-client.js';
import { PropelAuthModule } from '../module/propel-auth.module.js';
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
    inject: [LocalProject],
    // Only the developer sees the reasons for rejected requests, and needs them.
    useFactory: ({ issuer }: LocalProject) => ({
      debugMode: true,
      ...others,
      ...issuer.moduleOptions,
      // The one of the application, which can also sign with it in another process.
      webhooks: others.webhooks,
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
        inject: [LocalProject],
        useFactory: ({ api }: LocalProject) => api.backendClient,
      },
    ],
  };
}
