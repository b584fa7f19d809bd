import { once } from 'node:events';
import { request as httpRequest, Server, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { INestApplication } from '@nestjs/common';
import { PROBE_HEADER, type AccessProbe, type ProbedCall } from '../access-probe.js';
import { CannotCall } from '../finding.js';
import type { CallParts, CallResult, ServerRequest } from './entry-point.js';

/** The timeout of a request. Handlers do not run, so nothing takes long; Jest ends a test after five seconds. */
const PATIENCE_MILLISECONDS = 3000;

const NO_RESPONSE =
  'There was no complete response within 3 s. Override what does not respond in the test, such as a guard or a middleware.';

const OTHER_PROTOCOL =
  'toHold() sends plain HTTP/1.1 to a port. Start the application without http2, httpsOptions or a Unix socket in the test.';

/** The server of an application, which is started on a free port of 127.0.0.1 unless it listens. `app.close()` stops it. */
export class ApplicationServer {
  private port: Promise<number> | undefined;

  constructor(
    private readonly app: INestApplication,
    private readonly probe: AccessProbe,
  ) {}

  /**
   * Sends a request that leads to a handler. Redirects are not followed.
   *
   * @param parts what the call consists of
   * @param requestWith returns the request with the mark of the call
   * @throws {CannotCall} if there is no response in time
   */
  async call(
    { handler: { branches }, org: { orgId }, denied }: CallParts,
    requestWith: (mark: string) => ServerRequest,
  ): Promise<CallResult> {
    const call: ProbedCall = { orgId, branches, denied, decisions: [], reached: [] };
    const mark = this.probe.begin(call);
    const { body, headers, ...request } = requestWith(mark);
    this.port ??= this.start();
    const port = await this.port;
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    const allHeaders = {
      ...headers,
      [PROBE_HEADER]: mark,
      // Node.js sends no Content-Length for bodies of GET and DELETE, so the server would read the body as another request.
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    };
    // A connection for each request: the server may close a kept one just as it is used again.
    const sent = httpRequest({ ...request, port, signal, headers: allHeaders, agent: false });
    try {
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return { call, status: response.statusCode, body: await text(response) };
    } catch (error) {
      if (signal.aborted) throw new CannotCall(NO_RESPONSE);
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
      return { call, status: undefined, body: '' };
    }
  }

  private async start(): Promise<number> {
    const server: unknown = this.app.getHttpServer();
    if (!(server instanceof Server)) throw new Error(OTHER_PROTOCOL);
    // Nothing would stop the server of an application that is closed.
    if (!this.probe.isReady) throw new Error('The application was closed while toHold() ran.');
    if (!server.listening) await this.app.listen(0, '127.0.0.1');
    const { port } = (server.address() ?? {}) as Partial<AddressInfo>;
    if (port === undefined) throw new Error(OTHER_PROTOCOL);
    return port;
  }
}
