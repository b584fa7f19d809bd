import { once } from 'node:events';
import { Redis } from 'ioredis';
import { redisAccessChanges } from 'nestjs-propelauth/redis';
import { createClient } from 'redis';
import { registerCleanup } from '../support/clean-up.js';

/** A client as an application has one, connected as soon as there is a server. */
export interface TestClient {
  readonly client: Parameters<typeof redisAccessChanges>[0];
  /** Runs a command. */
  run(...command: string[]): Promise<unknown>;
}

export function openNodeRedis(url: string): TestClient {
  const client = createClient({ url, socket: { reconnectStrategy: 50 } });
  client.on('error', () => {});
  // It waits for the server.
  void client.connect().catch(() => {});
  registerCleanup(() => client.destroy());
  return { client, run: (...command) => client.sendCommand(command) };
}

export function openIoRedis(url: string, options: { keyPrefix?: string } = {}): TestClient {
  const client = new Redis(url, { ...options, retryStrategy: () => 50 });
  client.on('error', () => {});
  registerCleanup(async () => {
    // A client that waits to connect again has no connection whose end it could report.
    const ended = client.status === 'reconnecting' ? undefined : once(client, 'end');
    client.disconnect();
    await ended;
  });
  return { client, run: (command = '', ...args) => client.call(command, ...args) };
}

export const CLIENTS: [name: string, open: (url: string) => TestClient][] = [
  ['node-redis', openNodeRedis],
  ['ioredis', openIoRedis],
];
