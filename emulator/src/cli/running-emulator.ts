import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createEmulator } from '../create-emulator.js';
import type { Emulator } from '../emulator.js';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { DEFAULT_SEED } from '../seed/default-seed.js';
import { type Leases } from '../server/leases.js';
import { startLocalhostServer } from '../server/localhost-server.js';
import { withProjectEndpoints, type ProjectSettings } from '../server/project-endpoint.js';
import { CommandLineError } from './command-line.error.js';
import type { CommandLineOptions } from './command-line.js';

const SEED_FILE = 'propelauth.emulator.json';

export interface RunningEmulator {
  readonly emulator: Emulator;
  /** @returns a promise that resolves once the port is free */
  close(): Promise<void>;
}

export function authUrlOf({ port }: Pick<CommandLineOptions, 'port'>): string {
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
  if (options.port !== 0) return startOnPort(options, secrets, leases);
  // One that is free on one of the addresses of localhost may be taken on the other.
  for (;;) {
    const running = await startOnPort({ ...options, port: await freePort() }, secrets, leases);
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
  options: CommandLineOptions,
  secrets: IssuerSecrets,
  leases: Leases,
): Promise<RunningEmulator | undefined> {
  const settings = settingsOf(options);
  const emulator = await createEmulator({
    authUrl: authUrlOf(options),
    seed: seedOf(options) ?? DEFAULT_SEED,
    webhooks: options.webhooks,
    call: options.call,
    allowedOrigins: options.allowedOrigins,
    secrets,
  });
  const answer = withProjectEndpoints(
    (request) => emulator.handle(request),
    secrets.apiKey,
    settings,
    leases,
  );
  try {
    const server = await startLocalhostServer(answer, options.port);
    return {
      emulator,
      close: async () => void (await Promise.all([server.close(), emulator.close()])),
    };
  } catch (error) {
    await emulator.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return undefined;
    throw new CommandLineError(
      `--port ${options.port} cannot be used (${code}). Choose another one, for example --port 4001.`,
      1,
    );
  }
}

/** What a second `exec` compares. */
export function settingsOf(options: CommandLineOptions): ProjectSettings {
  const seed = seedOf(options);
  return {
    seed: seed === undefined ? null : resolve(seed),
    webhooks: options.webhooks ?? null,
    allowedOrigins: [...options.allowedOrigins],
  };
}

function seedOf({ seed }: CommandLineOptions): string | undefined {
  return seed ?? (existsSync(SEED_FILE) ? SEED_FILE : undefined);
}
