import { isProduction } from '../values/node-environment.js';
import { PropelAuthConfigurationError } from './configuration.error.js';
import { isLoopback } from './origin.js';

/** What may be that of an emulator, each with the name of its option. */
interface Project {
  readonly issuers: Readonly<Record<string, URL>>;
  readonly apiKey: string;
  /** The option `apiUrl`, if it is set. */
  readonly apiUrl: URL | undefined;
}

/**
 * Keeps the emulator out of production, because it signs in anyone as anyone. To try a production build, `apiUrl` has to name its address.
 *
 * @returns whether the emulator's access tokens are accepted
 * @throws {PropelAuthConfigurationError} with `NODE_ENV=production`
 */
export function checkEmulator({ issuers, apiKey, apiUrl }: Project): boolean {
  if (!isProduction()) return true;
  for (const [option, { origin, hostname }] of Object.entries(issuers)) {
    if (!isLoopback(hostname) || apiUrl?.origin === origin) continue;
    throw new PropelAuthConfigurationError(
      `${option} ${origin} is an address of this machine, with NODE_ENV=production. Set it to the Auth URL from the ` +
        'Backend Integration page, or set apiUrl to the same address to try a production build.',
    );
  }
  if (!apiKey.startsWith('emulator_')) return false;
  const addresses = Object.values(issuers).map(({ origin }) => origin);
  if (apiUrl && (isLoopback(apiUrl.hostname) || addresses.includes(apiUrl.origin))) return true;
  throw new PropelAuthConfigurationError(
    'apiKey is a key of propelauth-emulator, with NODE_ENV=production. Set it to the API key from the Backend Integration page, or set ' +
      "apiUrl to the emulator's address to try a production build.",
  );
}
