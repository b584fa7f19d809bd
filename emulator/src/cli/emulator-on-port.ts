import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, parseJson, type JsonObject } from '../json-object.js';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { LEASE_PATH, PROJECT_PATH, proofOf } from '../server/project-endpoint.js';
import { CommandLineError } from './command-line.error.js';
import type { CommandLineOptions } from './command-line.js';
import { variablesOf } from './environment.js';
import { apiUrlOf, settingsOf } from './running-emulator.js';

const PATIENCE_MILLISECONDS = 5_000;
const ANOTHER = 'another program or project';
const MAX_LENGTH = 100_000;

/** A use of the emulator, which runs at least as long. */
export interface Lease {
  readonly authUrl: string;
  /** Where programs of this machine reach it. */
  readonly apiUrl: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Is aborted if the emulator ends before the lease is released. */
  readonly lost: AbortSignal;
  /** @returns a promise that resolves once the emulator has ended, unless others use it */
  release(): Promise<void>;
}

/**
 * Takes a lease of the emulator of this project.
 *
 * @returns `undefined` if there is none on the port
 * @throws {CommandLineError} if it has other options, or is to start afresh
 */
export async function joinEmulator(
  options: CommandLineOptions,
  secrets: IssuerSecrets,
): Promise<Lease | undefined> {
  const running = await askForSettings(options.port, secrets.apiKey);
  if (running === undefined) return undefined;
  if (running === 'another') throw portTakenBy(ANOTHER, options);
  for (const [option, own] of Object.entries(settingsOf(options))) {
    if (isDeepStrictEqual(running[option], own)) continue;
    throw new CommandLineError(
      `${option} is not that of the emulator of this project, which already runs on port ${options.port}. Use the same options, stop ` +
        `that one, or choose another --port.`,
      1,
    );
  }
  if (options.isFresh) {
    throw new CommandLineError(
      `--fresh is for an emulator that starts, but that of this project already runs on port ${options.port}. Stop it, or choose another --port.`,
      1,
    );
  }
  const connection = await connect(options.port, secrets.apiKey);
  if (connection === undefined) return undefined;
  const lost = new AbortController();
  connection.once('close', () => lost.abort());
  const apiUrl = apiUrlOf(options);
  const authUrl = options.publicUrl ?? apiUrl;
  return {
    authUrl,
    apiUrl,
    variables: variablesOf(authUrl, secrets, options.variables),
    lost: lost.signal,
    release: async () => void connection.removeAllListeners('close').destroy(),
  };
}

/** @returns the connection that is the lease; `undefined` if the emulator ends just now */
async function connect(port: number, apiKey: string): Promise<IncomingMessage | undefined> {
  const challenge = randomUUID();
  const request = get({
    host: '127.0.0.1',
    port,
    path: `${LEASE_PATH}?challenge=${challenge}`,
    headers: { authorization: proofOf(apiKey, 'lease', challenge) },
    agent: false,
    timeout: PATIENCE_MILLISECONDS,
  });
  request.once('timeout', () => request.destroy());
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    request.setTimeout(0);
    response.on('error', () => {}).resume();
    if (response.statusCode === 200) return response;
    response.destroy();
  } catch {
    // The same.
  }
  return undefined;
}

/** Says who has the port. */
export async function portTaken(
  options: CommandLineOptions,
  { apiKey }: IssuerSecrets,
): Promise<CommandLineError> {
  const running = await askForSettings(options.port, apiKey);
  const isOwn = running !== undefined && running !== 'another';
  return portTakenBy(isOwn ? 'the emulator of this folder, which already runs' : ANOTHER, options);
}

function portTakenBy(owner: string, { port }: CommandLineOptions): CommandLineError {
  return new CommandLineError(
    `--port ${port} is taken by ${owner}. Choose another one, for example --port ${port === 65_535 ? 4000 : port + 1}.`,
    1,
  );
}

/** The settings of the emulator on a port, if it has this API key: that of the project. @returns `undefined` if nothing answers */
async function askForSettings(
  port: number,
  apiKey: string,
): Promise<JsonObject | 'another' | undefined> {
  try {
    const challenge = randomUUID();
    const { status, text } = await ask(
      `http://127.0.0.1:${port}${PROJECT_PATH}?challenge=${challenge}`,
    );
    const settings = status === 200 ? parseJson(text) : undefined;
    const isOfProject =
      isJsonObject(settings) && settings['proof'] === proofOf(apiKey, 'project', challenge);
    return isOfProject ? settings : 'another';
  } catch (error) {
    // That of fetch for connections.
    return error instanceof TypeError ? undefined : 'another';
  }
}

/** Asks what may be an emulator. @throws {TypeError} if nothing answers */
export async function ask(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
  });
  return { status: response.status, text: await readShort(response) };
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
