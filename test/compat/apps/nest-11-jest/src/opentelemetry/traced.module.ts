import { Controller, Module, Scope } from '@nestjs/common';
import { PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { telemetry } from 'nestjs-propelauth/telemetry';
import { createMixedRulesController } from '../mixed-rules.controller';

const SingletonController = createMixedRulesController(Controller('singleton'), RequireUser());

const RequestScopedController = createMixedRulesController(
  Controller({ path: 'request-scoped', scope: Scope.REQUEST }),
  RequireUser(),
);

/** Has no requireUserByDefault, so that only the guards of classes and methods protect the routes. */
@Module({
  imports: [
    PropelAuthModule.forRootAsync({
      useFactory: () => ({
        authUrl: process.env.PROPELAUTH_AUTH_URL!,
        apiKey: process.env.PROPELAUTH_API_KEY!,
        manualTokenVerificationMetadata: {
          issuer: process.env.PROPELAUTH_AUTH_URL!,
          verifierKey: process.env.PROPELAUTH_VERIFIER_KEY!,
        },
      }),
      plugins: [telemetry({ useFactory: () => Promise.resolve({ spanAttributes: true }) })],
    }),
  ],
  controllers: [SingletonController, RequestScopedController],
})
export class TracedModule {}
