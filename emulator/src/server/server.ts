import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono, type MiddlewareHandler } from 'hono';
import { EmulatorError } from '../emulator.error.js';
import { assertNotInProduction } from '../production.js';
import { toKnownHosts, type ServerEnvironment } from './loopback.js';
import { withSecret, type PublicAccess } from './public-access.js';

/** Answers a request, as the global `fetch` does. */
export type Answer = (request: Request) => Promise<Response>;

/** No other machine can reach it. */
const HOST = '127.0.0.1';

/** More than any request to PropelAuth's backend has. */
const MAXIMUM_BODY_BYTES = 1_048_576;

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
 * Serves requests of this machine, or to the public URL, on an address. What a request may cost is bounded by the defaults of Node.js: 16 KiB of headers
 * within a minute, and five minutes for all of it. The body has a limit of its own.
 *
 * @throws {NodeJS.ErrnoException} if the port cannot be listened on
 */
export async function listenOn(
  host: string,
  port: number,
  answer: Answer,
  access?: PublicAccess,
): Promise<RunningServer> {
  const app = new Hono<ServerEnvironment>();
  app.use(toKnownHosts(access), withWholeBody);
  const askForSecret = access && withSecret(access);
  app.use((context, next) =>
    askForSecret && context.get('publicOrigin') ? askForSecret(context, next) : next(),
  );
  app.all('*', ({ req }) => answer(req.raw));
  // A client that goes away in the middle of its body is no news.
  app.onError((_error, context) => context.json({ error: 'The request ended early' }, 400));
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: 'no-host.invalid',
    overrideGlobalObjects: false,
  }) as Server;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: () => (closed ??= close(server)),
  };
}

/**
 * Reads the body to its end, also of a request that is rejected: clients read the response only after they have sent theirs. The request is
 * then one of Node.js, which others can copy; the server would replace `Request` in the whole process instead.
 */
const withWholeBody: MiddlewareHandler<ServerEnvironment> = async (context, next) => {
  const { url, method, headers, body, signal } = context.req.raw;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length <= MAXIMUM_BODY_BYTES) chunks.push(chunk);
  }
  if (length > MAXIMUM_BODY_BYTES) {
    return context.json({ error: 'The body is larger than 1 MiB' }, 413);
  }
  const whole = length === 0 ? undefined : new Blob(chunks);
  const { origin, pathname, search } = new URL(url);
  // A proxy may end HTTPS.
  const address = (context.get('publicOrigin') ?? origin) + pathname + search;
  context.req.raw = new Request(address, { method, headers, signal, body: whole });
  return next();
};

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
