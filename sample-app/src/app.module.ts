import { Module, type DynamicModule } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import type {
  Configuration,
  LocalIssuerConfiguration,
  PropelAuthConfiguration,
} from './configuration/configuration.js';
import { createDocsClient } from './docs-client.js';
import { LocalIssuerModule } from './local-issuer/local-issuer.module.js';
import { LocalIssuer } from './local-issuer/local-issuer.js';
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

/**
 * The same without a project: the key and the issuer are given by hand, and PropelAuth is never
 * asked.
 */
function withLocalIssuer({ origin }: LocalIssuerConfiguration): DynamicModule {
  return PropelAuthModule.forRootAsync({
    imports: [LocalIssuerModule.forRoot({ origin, client: createDocsClient(origin) })],
    inject: [LocalIssuer],
    useFactory: (issuer: LocalIssuer) => ({
      authUrl: issuer.origin,
      apiKey: 'there-is-no-project',
      manualTokenVerificationMetadata: issuer.verificationMetadata,
      // Here nobody but the developer sees the reason of a refusal, and it is what there is to
      // learn.
      debugMode: true,
    }),
  });
}
