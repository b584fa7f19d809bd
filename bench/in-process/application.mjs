import { createProtection } from '../servers/protections/nestjs-propelauth.mjs';
import { createApplication } from '../servers/reports-application.mjs';
import { PropelAuthService } from '../under-test/package.mjs';

/**
 * The application with one route under `@RequireUser()`, initialized without listening.
 *
 * @param options further options of `forRoot()`
 */
export async function initApplication(issuer, options = {}) {
  const protection = createProtection(issuer.verification, { options });
  const created = await createApplication({}, protection);
  await created.app.init();
  return { ...created, propelAuth: created.app.get(PropelAuthService) };
}
