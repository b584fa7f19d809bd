import { auth } from 'express-oauth2-jwt-bearer';

/** Auth0's middleware, with the key at hand as everywhere here: it fetches nothing and looks up no key. */
export function createProtection({ verifierKey, issuer }) {
  const requireToken = auth({
    issuer,
    publicKey: verifierKey,
    tokenSigningAlg: 'RS256',
    // PropelAuth's tokens have no audience, and this middleware insists on one: the check is turned off.
    audience: 'none',
    validators: { aud: false },
  });
  return { middleware: [requireToken] };
}
