import { once } from 'node:events';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { Leases } from '../server/leases.js';
import type { CommandLineOptions } from './command-line.js';
import { portTaken } from './emulator-on-port.js';
import { environmentLines, variablesOf } from './environment.js';
import { startEmulator } from './running-emulator.js';
import { section, startMessage } from './start-message.js';

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Serves until a signal ends it.
 *
 * @param abandoned ends it as well
 * @returns the exit code
 */
export async function serve(
  options: CommandLineOptions,
  secrets: IssuerSecrets,
  abandoned: AbortSignal,
): Promise<number> {
  const ended = Promise.race([
    ...ENDING.map((signal) => once(process, signal)),
    once(abandoned, 'abort'),
  ]);
  const leases = new Leases();
  leases.take();
  const running = await startEmulator(options, secrets, leases);
  if (running === undefined) throw await portTaken(options, secrets);
  const { authUrl } = running.emulator.issuer;
  const variables = variablesOf(authUrl, secrets, options.variables);
  if (running.apiUrl !== authUrl) variables['PROPELAUTH_API_URL'] = running.apiUrl;
  const environment = section(
    'Environment, for the .env file of your application (the key and the secrets work with this emulator only)',
    [...environmentLines(variables), ''],
  );
  process.stdout.write(
    `${startMessage(running.emulator, running.access)}${environment.join('\n')}\n`,
  );
  await ended;
  await running.close();
  return 0;
}
