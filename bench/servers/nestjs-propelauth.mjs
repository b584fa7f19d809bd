import { PropelAuthModule, RequireUser } from '../package-under-test.mjs';

/** This package, as its README sets it up. */
export function createProtection(verification, { tokenCache } = {}) {
  const propelAuth = PropelAuthModule.forRoot({
    authUrl: verification.issuer,
    apiKey: 'not-used-in-the-benchmark',
    manualTokenVerificationMetadata: verification,
    tokenCache,
  });
  return { decorators: [RequireUser()], module: { imports: [propelAuth] } };
}
