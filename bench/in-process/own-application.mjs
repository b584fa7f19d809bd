import { createProtection } from '../servers/nestjs-propelauth.mjs';
import { createReportsApplication } from '../servers/reports-application.mjs';
import { ISSUER } from '../tokens/issuer.mjs';

/** The application of the table's row, initialized but listening nowhere. */
export async function initOwnApplication(issuer) {
  const protection = createProtection(verificationOf(issuer));
  const app = await createReportsApplication('express', protection);
  await app.init();
  return app;
}

export function verificationOf(issuer) {
  return { verifierKey: issuer.publicKeyPem, issuer: ISSUER };
}

/**
 * The part of the package that answers who is calling, for the text of a token. It is not public, so it is found by what it
 * does, wherever in `dist/` its class is.
 */
export function findTokenAuthenticator(app) {
  for (const { providers } of app.container.getModules().values()) {
    for (const { instance } of providers.values()) {
      if (typeof instance?.authenticate === 'function') return instance;
    }
  }
  throw new Error('No provider of the package has a method authenticate()');
}
