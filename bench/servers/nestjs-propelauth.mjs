import { PropelAuthModule, RequireUser } from '../package-under-test.mjs';
import { createReportsApplication } from './reports-application.mjs';

/** This package, as its README sets it up. */
export function createApplication(verification, { tokenCache } = {}) {
  const propelAuth = PropelAuthModule.forRoot({
    authUrl: verification.issuer,
    apiKey: 'not-used-in-the-benchmark',
    manualTokenVerificationMetadata: verification,
    tokenCache,
  });
  return createReportsApplication({
    decorators: [RequireUser()],
    module: { imports: [propelAuth] },
  });
}
