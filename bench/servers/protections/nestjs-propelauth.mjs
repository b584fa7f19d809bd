import { PropelAuthModule, RequireUser } from '../package-under-test.mjs';

/** This package, as its README sets it up. */
export function createProtection(verification, options = {}) {
  const propelAuth = PropelAuthModule.forRoot({
    authUrl: verification.issuer,
    apiKey: 'not-used-in-the-benchmark',
    manualTokenVerificationMetadata: verification,
    ...options,
  });
  return { decorators: [RequireUser()], module: { imports: [propelAuth] } };
}
