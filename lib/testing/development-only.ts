import { PropelAuthConfigurationError } from '../options/configuration.error.js';

/**
 * Whatever hands out access to whoever asks has no place where strangers can ask.
 *
 * @param what what is used, for the error
 * @throws {PropelAuthConfigurationError} under `NODE_ENV=production`
 */
export function assertNotInProduction(what: string): void {
  if (process.env.NODE_ENV?.trim().toLowerCase() !== 'production') return;
  throw new PropelAuthConfigurationError(
    `${what} is for tests and development and does not work with NODE_ENV=production. Take it out of what runs in ` +
      'production, or set NODE_ENV to another value where you test or develop.',
  );
}
