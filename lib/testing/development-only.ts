import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { isProduction } from '../values/node-environment.js';

/**
 * Keeps testing tools out of production, because they give access to anyone.
 *
 * @param what the class or function, for the error message
 * @throws {PropelAuthConfigurationError} with `NODE_ENV=production`
 */
export function assertNotInProduction(what: string): void {
  if (!isProduction()) return;
  throw new PropelAuthConfigurationError(
    `${what} is for tests and development and does not work with NODE_ENV=production. Remove it from your production code, ` +
      'or set NODE_ENV to another value for tests and development.',
  );
}
