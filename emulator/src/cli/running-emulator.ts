import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { basename, resolve } from 'node:path';
import { createEmulator } from '../create-emulator.js';
import type { Emulator } from '../emulator.js';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { DEFAULT_SEED } from '../seed/default-seed.js';
import { type Leases } from '../server/leases.js';
import { startLocalhostServer } from '../server/localhost-server.js';
import type { PublicAccess } from '../server/public-access.js';
import { proofOf, withProjectEndpoints, type ProjectSettings } from '../server/project-endpoint.js';
import { projectIdOf, stateFileOf } from '../state/project-state.js';
import { CommandLineError } from './command-line.error.js';
import type { CommandLineOptions } from './command-line.js';

const SEED_FILE = 'propelauth.emulator.json';

export interface RunningEmulator {
  readonly emulator: Emulator;
  /** Where programs of this machine reach it. */
  readonly apiUrl: string;
  readonly access: PublicAccess | undefined;
  /** @returns a promise that resolves once the port is free */
  close(): Promise<void>;
}

export function apiUrlOf({ port }: Pick<CommandLineOptions, 'port'>): string {
  return `http://localhost:${port}`;
}

/**
 * Starts the emulator on its port.
 *
 * @param leases of those that use it
 * @returns `undefined` if the port is taken
 * @throws {EmulatorError} for a wrong seed, and for a port that cannot be listened on
 */
export async function startEmulator(
  options: CommandLineOptions,
  secrets: IssuerSecrets,
  leases: Leases,
): Promise<RunningEmulator | undefined> {
  const { port } = options;
  if (port !== 0) return startOnPort(port, options, secrets, leases);
  // One that is free on one of the addresses of localhost may be taken on the other.
  for (;;) {
    const running = await startOnPort(await freePort(), options, secrets, leases);
    if (running !== undefined) return running;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startOnPort(
  port: number,
  options: CommandLineOptions,
  secrets: IssuerSecrets,
  leases: Leases,
): Promise<RunningEmulator | undefined> {
  const settings = settingsOf(options);
  const { host, publicUrl } = options;
  const apiUrl = apiUrlOf({ port });
  const secret = proofOf(secrets.apiKey, 'page', '');
  const access = publicUrl === undefined ? undefined : { origin: publicUrl, secret };
  const emulator = await createEmulator({
    authUrl: publicUrl ?? apiUrl,
    seed: seedOf(options) ?? DEFAULT_SEED,
    webhooks: options.webhooks,
    call: options.call,
    name: basename(process.cwd()),
    allowedOrigins: options.allowedOrigins,
    say,
    secrets,
  });
  const answer = withProjectEndpoints(
    async (request) => {
      await kept;
      return emulator.handle(request);
    },
    secrets.apiKey,
    settings,
    leases,
  );
  const listening = startLocalhostServer(answer, port, { host, access });
  // The state belongs to who has the port.
  const kept = listening.then(() => keepState(emulator, options));
  try {
    const [server] = await Promise.all([listening, kept]);
    return {
      emulator,
      apiUrl,
      access,
      close: async () => {
        await server.close();
        await emulator.close();
      },
    };
  } catch (error) {
    await emulator.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return undefined;
    throw new CommandLineError(
      `--port ${port} cannot be used${host === undefined ? '' : ` with --host ${host}`} (${code}). Choose another one, for example --port 4001.`,
      1,
    );
  }
}

async function keepState(emulator: Emulator, { port, isFresh }: CommandLineOptions): Promise<void> {
  // The next start has another free port, and would not find it.
  if (port === 0) return;
  await emulator.keepIn({ path: stateFileOf(projectIdOf(), port), isFresh, say });
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** What a second `exec` compares. */
export function settingsOf(options: CommandLineOptions): ProjectSettings {
  const seed = seedOf(options);
  return {
    '--seed': seed === undefined ? null : resolve(seed),
    '--webhooks': options.webhooks ?? null,
    '--allow-origin': options.allowedOrigins,
    '--host': options.host ?? null,
    '--public-url': options.publicUrl ?? null,
  };
}

function seedOf({ seed }: CommandLineOptions): string | undefined {
  return seed ?? (existsSync(SEED_FILE) ? SEED_FILE : undefined);
}
