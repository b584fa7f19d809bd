import { EmulatorError } from './emulator.error.js';

/**
 * Keeps the emulator out of production: it signs in anyone as anyone.
 *
 * @param what the class or function, for the error message
 * @throws {EmulatorError} with `NODE_ENV=production`
 */
export function assertNotInProduction(what: string): void {
  if (!isInProduction()) return;
  throw new EmulatorError(
    `${what} is for tests and development and does not work with NODE_ENV=production. Remove it from your production code, ` +
      'or set NODE_ENV to another value for tests and development.',
  );
}

export function isInProduction(): boolean {
  return process.env.NODE_ENV?.trim().toLowerCase() === 'production';
}
