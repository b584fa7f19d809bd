import { TOKEN_PATH } from '../front-end/token-endpoint.js';
import { oneLine } from '../texts.js';
import { isJsonObject, parseJson } from '../json-object.js';
import { HOOK_VARIABLE } from './command-environment.js';
import { CommandLineError } from './command-line.error.js';
import { DEFAULT_PORT, type TokenCommand } from './command-line.js';
import { ask } from './emulator-on-port.js';

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * An access token of a user of the emulator on the port or, in the command of `exec`, of its emulator.
 *
 * @throws {CommandLineError} if there is none
 */
export async function tokenOf({ user, org, port }: TokenCommand): Promise<string> {
  const ofExec = port === undefined ? process.env[HOOK_VARIABLE] : undefined;
  const url = new URL(TOKEN_PATH, ofExec ?? `http://localhost:${port ?? DEFAULT_PORT}`);
  url.searchParams.set('user', user);
  if (org !== undefined) url.searchParams.set('org', org);
  const { status, text } = await ask(url.href).catch(() => ({ status: 0, text: '' }));
  if (status === 200 && TOKEN.test(text)) return text;
  const error = status === 400 ? errorIn(text) : undefined;
  const none = `No emulator runs at ${url.origin}. Start it with propelauth-emulator exec, or name its port, for example --port 4001.`;
  throw new CommandLineError(error ?? none, 1);
}

/** Names come from users: without control characters. */
function errorIn(text: string): string | undefined {
  const answer = parseJson(text);
  if (!isJsonObject(answer) || typeof answer['error'] !== 'string') return undefined;
  return oneLine(answer['error']);
}
