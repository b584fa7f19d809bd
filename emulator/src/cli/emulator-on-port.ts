import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../json-object.js';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { PROJECT_PATH, proofOf, type ProjectSettings } from '../server/project-endpoint.js';
import { CommandLineError } from './command-line.error.js';
import type { CommandLineOptions } from './command-line.js';
import { settingsOf } from './running-emulator.js';

const PATIENCE_MILLISECONDS = 5_000;
const MAX_LENGTH = 100_000;

/** The options that `exec` compares, by the settings that they set. */
const OPTION_OF = {
  seed: '--seed',
  webhooks: '--webhooks',
  allowedOrigins: '--allow-origin',
} as const;

/**
 * Checks that the port is taken by an emulator of this project with the same options.
 *
 * @throws {CommandLineError} if it is not
 */
export async function assertJoinable(
  options: CommandLineOptions,
  secrets: IssuerSecrets,
): Promise<void> {
  const running = await askForSettings(options.port, secrets.apiKey);
  if (running === undefined) throw portTaken(options.port, 'another program or project');
  const own = settingsOf(options);
  for (const [setting, option] of Object.entries(OPTION_OF)) {
    const name = setting as keyof ProjectSettings;
    if (JSON.stringify(running[name]) === JSON.stringify(own[name])) continue;
    throw new CommandLineError(
      `${option} is not that of the emulator of this project, which already runs on port ${options.port}. Use the same options, stop ` +
        `that one, or choose another --port.`,
      1,
    );
  }
}

/** @throws {CommandLineError} always */
export async function failWithPortTaken(
  { port }: CommandLineOptions,
  { apiKey }: IssuerSecrets,
): Promise<never> {
  const settings = await askForSettings(port, apiKey);
  throw portTaken(
    port,
    settings === undefined
      ? 'another program or project'
      : 'the emulator of this folder, which already runs',
  );
}

function portTaken(port: number, owner: string): CommandLineError {
  return new CommandLineError(
    `--port ${port} is taken by ${owner}. Choose another one, for example --port ${port === 65_535 ? 4000 : port + 1}.`,
    1,
  );
}

/** The settings of the emulator on a port, if it has this API key: that of the project. */
async function askForSettings(port: number, apiKey: string): Promise<ProjectSettings | undefined> {
  try {
    const challenge = randomUUID();
    const response = await fetch(`http://127.0.0.1:${port}${PROJECT_PATH}?challenge=${challenge}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
    const settings: unknown = response.ok ? JSON.parse(await readShort(response)) : undefined;
    const isOfProject = isSettings(settings) && settings.proof === proofOf(apiKey, challenge);
    return isOfProject ? settings : undefined;
  } catch {
    return undefined;
  }
}

/** @throws {Error} for more than settings are: other programs may answer without end, so fast that no time limit ends it */
async function readShort({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > MAX_LENGTH) throw new Error('The response is too long');
  }
  return text;
}

/** Other programs answer any path. */
function isSettings(value: unknown): value is ProjectSettings & { proof?: unknown } {
  return isJsonObject(value) && Object.keys(OPTION_OF).every((setting) => setting in value);
}
