import { createProtection as createPlainProtection } from '../servers/nestjs-propelauth.mjs';
import { createReportsApplication } from '../servers/reports-application.mjs';
import { ISSUER } from '../tokens/issuer.mjs';

/**
 * The application of a row of the table, initialized but listening nowhere.
 *
 * @param createProtection that of the module in servers/; default: the package as its README sets it up
 */
export async function initOwnApplication(issuer, createProtection = createPlainProtection) {
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
      if (typeof instance?.cachedUser === 'function') return instance;
    }
  }
  throw new Error('No provider of the package has a method cachedUser()');
}
