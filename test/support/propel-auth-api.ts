import { PropelAuthApi, PropelAuthModule, type PropelAuthModuleOptions } from 'nestjs-propelauth';
import { startApplication } from './application.js';
import { Issuer } from './issuer.js';

const issuer = new Issuer();

/** The backend API as an application injects it. The application itself makes no request. */
export async function startApi(
  options: Partial<PropelAuthModuleOptions> = {},
): Promise<PropelAuthApi> {
  const { app } = await startApplication({
    imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })],
  });
  return app.get(PropelAuthApi);
}
