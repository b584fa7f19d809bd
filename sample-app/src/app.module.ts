import { Module, type DynamicModule } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import type {
  Configuration,
  LocalIssuerConfiguration,
  PropelAuthConfiguration,
} from './configuration/configuration.js';
import { createDocsClient } from './docs-client.js';
import { SEED_FILE } from './local-users.js';
import { LOCAL_WEBHOOK_SECRET, WEBHOOK_PATH } from './local-webhooks.js';
import { OrgController } from './routes/org.controller.js';
import { ScriptController } from './routes/script.controller.js';
import { SensitiveController } from './routes/sensitive.controller.js';
import { UserController } from './routes/user.controller.js';
import { PropelAuthEvents } from './routes/propel-auth-events.js';

@Module({ controllers: [UserController, OrgController, ScriptController, SensitiveController] })
export class AppModule {
  static forRoot(configuration: Configuration): DynamicModule {
    return {
      module: AppModule,
      imports: [
        configuration.mode === 'propelauth'
          ? withPropelAuth(configuration)
          : withLocalIssuer(configuration),
      ],
      providers: takesWebhooks(configuration) ? [PropelAuthEvents] : [],
    };
  }
}

/** A project has a secret for events only once it has an endpoint for them. */
function takesWebhooks(configuration: Configuration): boolean {
  return configuration.mode === 'local-issuer' || configuration.webhookSecret !== undefined;
}

/** All that an app with a PropelAuth project needs. */
function withPropelAuth({
  authUrl,
  apiKey,
  webhookSecret,
}: PropelAuthConfiguration): DynamicModule {
  const webhooks =
    webhookSecret === undefined ? undefined : { secret: webhookSecret, path: WEBHOOK_PATH };
  return PropelAuthModule.forRoot({
    authUrl,
    apiKey,
    webhooks,
    liveAccess: webhooks !== undefined,
  });
}

/** The same without a project, with the users of a seed. */
function withLocalIssuer({ mode, origin, secret }: LocalIssuerConfiguration): DynamicModule {
  return LocalPropelAuthModule.forRoot({
    enabled: mode === 'local-issuer',
    origin,
    seed: SEED_FILE,
    oauthClient: createDocsClient(origin),
    secret,
    webhooks: { secret: LOCAL_WEBHOOK_SECRET, path: WEBHOOK_PATH },
    liveAccess: true,
  });
}
