import { initAuth } from '@propelauth/express';
import { createReportsApplication } from './reports-application.mjs';

/** PropelAuth's own SDK for Express. */
export function createApplication(verification) {
  const { requireUser } = initAuth({
    authUrl: verification.issuer,
    apiKey: 'not-used-in-the-benchmark',
    manualTokenVerificationMetadata: verification,
  });
  return createReportsApplication({ middleware: [requireUser] });
}
