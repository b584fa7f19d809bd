import { once } from 'node:events';
import { request as httpRequest, Server, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { INestApplication } from '@nestjs/common';
import type { DescribedHandler } from '../../../audit/access-descriptions.js';
import { probeHeader, type AccessProbe } from '../access-probe.js';
import { CannotCall } from '../cannot-call.js';
import type { CallResult, ServerRequest, ServerResponse } from './entry-point.js';

/** The timeout of a request. Handlers do not run, so nothing takes long; Jest ends a test after five seconds. */
const PATIENCE_MILLISECONDS = 3000;

const NO_RESPONSE =
  'There was no complete response within 3 s. Override what does not respond in the test, such as a guard or a middleware.';

const OTHER_PROTOCOL =
  'toHold() sends plain HTTP/1.1 to a port. Start the application without http2, httpsOptions or a Unix socket in the test.';

/**
 * The server of an application. A listening server is used as it is. Any other is started on a free port of 127.0.0.1 for the first
 * request, and stopped afterwards, so that the test can still start and close the application.
 */
export class ApplicationServer {
  private started: Promise<number> | undefined;
  private wasStartedHere = false;

  constructor(
    private readonly app: INestApplication,
    private readonly probe: AccessProbe,
  ) {}

  /**
   * Sends a request that leads to a handler.
   *
   * @param requestWith returns the request with the mark of the call
   * @throws {CannotCall} if there is no response in time
   */
  async call(
    { access }: DescribedHandler,
    requestWith: (mark: string) => ServerRequest,
  ): Promise<CallResult> {
    const { call, mark } = this.probe.begin({ hasOwnGuard: access.guardedBy !== undefined });
    const request = requestWith(mark);
    const headers = { ...request.headers, ...probeHeader(mark) };
    return { call, request, response: await this.send({ ...request, headers }) };
  }

  /** Redirects are not followed. */
  private async send({
    method,
    path,
    headers,
    body,
  }: ServerRequest): Promise<ServerResponse | undefined> {
    this.started ??= this.start();
    const port = await this.started;
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    // Node.js sends no Content-Length for bodies of GET and DELETE, so the server would read the body as another request.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const allHeaders = { ...headers, ...length } as Record<string, string | string[]>;
    // A connection for each request: the server may close a kept one just as it is used again.
    const options = { port, method, path, signal, headers: allHeaders, agent: false };
    const sent = httpRequest(options);
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

  private async start(): Promise<number> {
    const server: unknown = this.app.getHttpServer();
    if (!(server instanceof Server)) throw new Error(OTHER_PROTOCOL);
    if (!server.listening) {
      await this.untilReady();
      await once(server.listen(0, '127.0.0.1'), 'listening');
      this.wasStartedHere = true;
    }
    const { port } = (server.address() ?? {}) as Partial<AddressInfo>;
    if (port === undefined) throw new Error(OTHER_PROTOCOL);
    return port;
  }

  /** Waits until Fastify has loaded its plugins. Before, it accepts no requests. */
  private async untilReady(): Promise<void> {
    const adapter = this.app.getHttpAdapter();
    if (adapter.getType() !== 'fastify') return;
    await (adapter.getInstance() as { ready(): Promise<unknown> }).ready();
  }
}
