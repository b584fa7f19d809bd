import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EmulatorError } from '../emulator.error.js';
import { assertNotInProduction } from '../production.js';
import { listenerFor, type Answer } from './node-listener.js';

/** No other machine can reach it. */
const HOST = '127.0.0.1';

/**
 * Options of {@link Emulator.listen}.
 *
 * @publicApi
 */
export interface ListenOptions {
  /** The port, from 0 to 65535. Default: 0, a free one. */
  readonly port?: number;
}

/**
 * An emulator on a port of this machine. See {@link Emulator.listen}.
 *
 * @publicApi
 */
export interface RunningServer {
  /** Its origin, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Stops listening and closes all connections. Calling it again has no effect.
   *
   * @returns a promise that resolves once the port is free
   * @example
   * ```ts
   * const server = await emulator.listen();
   * await server.close();
   * ```
   */
  close(): Promise<void>;
}

/** @throws {EmulatorError} for an invalid port, and one that cannot be listened on */
export async function startServer(
  answer: Answer,
  options: ListenOptions = {},
): Promise<RunningServer> {
  assertNotInProduction('listen()');
  const port = checkPort(options.port);
  try {
    return await listenOn(HOST, port, answer);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new EmulatorError(
      `The emulator cannot use port ${port} of ${HOST} (${code}). Choose another port, or leave it out for a free one.`,
    );
  }
}

/**
 * Serves requests of this machine on one of its addresses. What a request may cost is bounded by the defaults of Node.js: 16 KiB of headers
 * within a minute, and five minutes for all of it. The limit of the body is in node-listener.ts.
 *
 * @throws {NodeJS.ErrnoException} if the port cannot be listened on
 */
export async function listenOn(host: string, port: number, answer: Answer): Promise<RunningServer> {
  const server = createServer(listenerFor(answer));
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: () => (closed ??= close(server)),
  };
}

function checkPort(port: unknown = 0): number {
  if (Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65_535) return Number(port);
  throw new EmulatorError('port is not an integer from 0 to 65535.');
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
