import { initAuth } from '@propelauth/express';

/** PropelAuth's own SDK for Express. */
export function createProtection(verification) {
  const { requireUser } = initAuth({
    authUrl: verification.issuer,
    apiKey: 'not-used-in-the-benchmark',
    manualTokenVerificationMetadata: verification,
  });
  return { middleware: [requireUser] };
}
