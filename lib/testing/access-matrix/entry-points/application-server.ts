import { once } from 'node:events';
import { request as httpRequest, Server, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { INestApplication } from '@nestjs/common';
import { CannotCall } from '../cannot-call.js';

/** The timeout of a request. Handlers do not run, so nothing takes long; Jest ends a test after five seconds. */
const PATIENCE_MILLISECONDS = 3000;

const NO_RESPONSE =
  'There was no complete response within 3 s. Override what does not respond in the test, such as a guard or a middleware.';

const OTHER_PROTOCOL =
  'toHold() sends plain HTTP/1.1 to a port. Start the application without http2, httpsOptions or a Unix socket in the test.';

/** The headers to send with a request, with one or several values for a name. */
export type SentHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface ServerRequest {
  readonly method: string;
  /** The path with the query. */
  readonly path: string;
  readonly headers: SentHeaders;
  readonly body: string | undefined;
}

export interface ServerResponse {
  readonly status: number;
  readonly statusText: string;
  readonly body: string;
}

/**
 * The server of an application. A listening server is used as it is. Any other is started on a free port of 127.0.0.1 for the first
 * request, and stopped afterwards, so that the test can still start and close the application.
 */
export class ApplicationServer {
  private started: Promise<AddressInfo> | undefined;
  private wasStartedHere = false;

  constructor(private readonly app: Pick<INestApplication, 'getHttpServer' | 'getHttpAdapter'>) {}

  /**
   * Sends a request. Redirects are not followed.
   *
   * @returns the response; `undefined` if the connection is closed
   * @throws {CannotCall} if there is no response in time
   */
  async send({ method, path, headers, body }: ServerRequest): Promise<ServerResponse | undefined> {
    this.started ??= this.start();
    const address = await this.started;
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    // Node.js sends no Content-Length for bodies of GET and DELETE, so the server would read the body as another request.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = httpRequest({
      host: reachable(address),
      port: address.port,
      method,
      path,
      signal,
      headers: { ...headers, ...length } as Record<string, string | string[]>,
      // A connection for each request: the server may close a kept one just as it is used again.
      agent: false,
    });
    try {
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const { statusCode = 0, statusMessage = '' } = response;
      return { status: statusCode, statusText: statusMessage, body: await text(response) };
    } catch (error) {
      if (signal.aborted) throw new CannotCall(NO_RESPONSE);
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
      return undefined;
    }
  }

  /** Stops the server, if this object started it. */
  async close(): Promise<void> {
    if (!this.wasStartedHere) return;
    const server = this.app.getHttpServer() as Server;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  private async start(): Promise<AddressInfo> {
    const server: unknown = this.app.getHttpServer();
    if (!(server instanceof Server)) throw new Error(OTHER_PROTOCOL);
    if (!server.listening) {
      await this.untilReady();
      await once(server.listen(0, '127.0.0.1'), 'listening');
      this.wasStartedHere = true;
    }
    const address = server.address();
    if (typeof address === 'object' && address !== null) return address;
    throw new Error(OTHER_PROTOCOL);
  }

  /** Waits until Fastify has loaded its plugins. Before, it accepts no requests. */
  private async untilReady(): Promise<void> {
    const adapter = this.app.getHttpAdapter();
    if (adapter.getType() !== 'fastify') return;
    await (adapter.getInstance() as { ready(): Promise<unknown> }).ready();
  }
}

/** A local address that reaches a server that listens at an address. */
function reachable({ address }: AddressInfo): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
