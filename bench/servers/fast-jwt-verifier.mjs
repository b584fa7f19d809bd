import { createVerifier } from 'fast-jwt';

/** fast-jwt with its cache at the default size, checking what this package checks of every JWT. */
export function createFastJwtVerifier({ verifierKey, issuer }) {
  return createVerifier({
    key: verifierKey,
    algorithms: ['RS256'],
    allowedIss: issuer,
    requiredClaims: ['exp', 'iat', 'iss'],
    clockTolerance: 60_000,
    cache: true,
  });
}
