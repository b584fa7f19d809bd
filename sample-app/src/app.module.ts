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
import { LOCAL_WEBHOOK_SECRET } from './local-webhooks.js';
import { OrgController } from './routes/org.controller.js';
import { ScriptController } from './routes/script.controller.js';
import { SensitiveController } from './routes/sensitive.controller.js';
import { UserController } from './routes/user.controller.js';
import { WebhookController } from './routes/webhook.controller.js';

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
      controllers: takesWebhooks(configuration) ? [WebhookController] : [],
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
  return PropelAuthModule.forRoot({ authUrl, apiKey, webhookSecret });
}

/** The same without a project, with the users of a seed. */
function withLocalIssuer({ mode, origin, secret }: LocalIssuerConfiguration): DynamicModule {
  return LocalPropelAuthModule.forRoot({
    enabled: mode === 'local-issuer',
    origin,
    seed: SEED_FILE,
    oauthClient: createDocsClient(origin),
    secret,
    webhookSecret: LOCAL_WEBHOOK_SECRET,
  });
}
