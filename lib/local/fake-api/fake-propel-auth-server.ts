import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCodeOf } from '../../backend/network-error.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { checkInteger } from '../../options/option-checks.js';

/** No other machine can reach it. */
const HOST = '127.0.0.1';

/**
 * Options of {@link FakePropelAuthApi.listen}.
 *
 * @publicApi
 */
export interface FakePropelAuthServerOptions {
  /** The port, from 0 to 65535. Default: 0, a free one. */
  readonly port?: number;
}

/**
 * A fake of PropelAuth's backend API on a port of this machine. See {@link FakePropelAuthApi.listen}.
 *
 * @publicApi
 */
export interface FakePropelAuthServer {
  /** Its origin, for the option `apiUrl` of an application, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Stops listening and closes all connections. Calling it again has no effect.
   *
   * @returns a promise that resolves once the port is free
   * @example
   * ```ts
   * const server = await api.listen();
   * await server.close();
   * ```
   */
  close(): Promise<void>;
}

/** @throws {PropelAuthConfigurationError} for an invalid port, and one that cannot be listened on */
export async function startServer(
  listener: RequestListener,
  options: FakePropelAuthServerOptions,
): Promise<FakePropelAuthServer> {
  const port = checkInteger('port', options.port, { minimum: 0, maximum: 65_535, fallback: 0 });
  const server = createServer(listener);
  server.listen(port, HOST);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new PropelAuthConfigurationError(
      `FakePropelAuthApi.listen() cannot use port ${port} of ${HOST} (${errorCodeOf(error)}). Choose another port, or ` +
        'leave it out for a free one.',
    );
  }
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    close: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
