import { DEFAULT_PORT } from './command-line.js';

/** What no shell expands or splits, and no option is. */
const PLAIN = /^\w[\w.@+-]*$/;

/**
 * Commands that call a URL as a user, for POSIX shells, or for any of Windows.
 *
 * @param names of the user; the first that needs no quotes is used
 * @returns none if all of them need quotes
 */
export function callAs(names: readonly string[], authUrl: string, url: string): string[] {
  const name = names.find((each) => PLAIN.test(each));
  if (name === undefined) return [];
  const port = new URL(authUrl).port || '80';
  const option = port === String(DEFAULT_PORT) ? '' : ` --port ${port}`;
  const token = `npx propelauth-emulator token ${name}${option}`;
  return process.platform === 'win32'
    ? [token, callCommand('THE_TOKEN', url).replace('curl', 'curl.exe')]
    : [`TOKEN=$(${token})`, callCommand('$TOKEN', url)];
}

/** A command that calls a URL with an access token. */
function callCommand(token: string, url: string): string {
  return `curl -H "Authorization: Bearer ${token}" ${url}`;
}
