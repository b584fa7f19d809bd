import { Module, type DynamicModule } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { LocalPropelAuthModule } from 'nestjs-propelauth/testing';
import type {
  Configuration,
  LocalIssuerConfiguration,
  PropelAuthConfiguration,
} from './configuration/configuration.js';
import { createDocsClient } from './docs-client.js';
import { SEED_FILE } from './local-people.js';
import { OrgController } from './routes/org.controller.js';
import { UserController } from './routes/user.controller.js';

@Module({ controllers: [UserController, OrgController] })
export class AppModule {
  static forRoot(configuration: Configuration): DynamicModule {
    return {
      module: AppModule,
      imports: [
        configuration.mode === 'propelauth'
          ? withPropelAuth(configuration)
          : withLocalIssuer(configuration),
      ],
    };
  }
}

/** All that an app with a PropelAuth project needs. */
function withPropelAuth({ authUrl, apiKey }: PropelAuthConfiguration): DynamicModule {
  return PropelAuthModule.forRoot({ authUrl, apiKey });
}

/** The same without a project: with people of its own. */
function withLocalIssuer({ mode, origin }: LocalIssuerConfiguration): DynamicModule {
  return LocalPropelAuthModule.forRoot({
    askedFor: mode === 'local-issuer',
    origin,
    seed: SEED_FILE,
    oauthClient: createDocsClient(origin),
  });
}
