import { once } from 'node:events';
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Server as TlsServer } from 'node:tls';
import type { INestApplication } from '@nestjs/common';

/** The timeout of a request. Handlers do not run, so nothing takes long; Jest ends a test after five seconds. */
const PATIENCE_MILLISECONDS = 3000;

const OTHER_PROTOCOL =
  'The server of the application does not speak HTTP/1.1, as toHold() does. Start the application without http2 in the test.';

/** A request to the application. */
export interface ServerRequest {
  readonly method: string;
  /** The path with the query. */
  readonly path: string;
  /** A list of values is sent as several headers. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | undefined;
}

export interface ServerResponse {
  /** The status in words, such as `404 Not Found`. */
  readonly status: string;
  readonly body: string;
}

/**
 * The server of an application. A listening server is used as it is. Any other is started on a free port of 127.0.0.1 for the first
 * request, and stopped afterwards, so that the test can still start and close the application.
 */
export class ApplicationServer {
  private started: Promise<Target> | undefined;
  private wasStartedHere = false;

  /** @param patience the timeout of a request, in milliseconds */
  constructor(
    private readonly app: Pick<INestApplication, 'getHttpServer' | 'getHttpAdapter'>,
    private readonly patience = PATIENCE_MILLISECONDS,
  ) {}

  /**
   * Sends a request. Redirects are not followed, and the body of the response is ignored.
   *
   * @returns the status, such as `404 Not Found`; `undefined` if there is no response in time, or the connection is closed
   */
  async send(request: ServerRequest): Promise<string | undefined> {
    return (await this.exchange(request))?.status;
  }

  /**
   * Sends a request, like {@link send}.
   *
   * @returns the response with its body; `undefined` if there is no response in time
   */
  async exchange(request: ServerRequest): Promise<ServerResponse | undefined> {
    this.started ??= this.start();
    const target = await this.started;
    // Repeats once, since the server may close a kept connection just as it is used again.
    return this.sendTo(target, request, true);
  }

  private async sendTo(
    target: Target,
    request: ServerRequest,
    mayRepeat: boolean,
  ): Promise<ServerResponse | undefined> {
    const { send, ...address } = target;
    const { method, path, headers, body } = request;
    const signal = AbortSignal.timeout(this.patience);
    // Node.js sends no Content-Length for bodies of GET and DELETE, so the server would read the body as another request.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const all = { ...headers, ...length } as Headers;
    const sent = send({ ...address, method, path, signal, headers: all });
    try {
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const status = `${response.statusCode} ${response.statusMessage}`;
      return { status, body: await text(response) };
    } catch (error) {
      if (signal.aborted) return undefined;
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code.startsWith('HPE_')) throw new Error(OTHER_PROTOCOL, { cause: error });
      if (code !== 'ECONNRESET') throw error;
      return mayRepeat && sent.reusedSocket ? this.sendTo(target, request, false) : undefined;
    }
  }

  /** Stops the server, if this object started it. */
  async close(): Promise<void> {
    const target = await this.started?.catch(() => undefined);
    target?.agent.destroy();
    if (!this.wasStartedHere) return;
    const server = this.app.getHttpServer() as Server;
    const closed = once(server, 'close');
    server.close();
    // HTTP/2 servers do not have this method.
    (server as Partial<Server>).closeAllConnections?.();
    await closed;
  }

  private async start(): Promise<Target> {
    const server = this.app.getHttpServer() as Server;
    if (!server.listening) {
      await untilReady(this.app);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      this.wasStartedHere = true;
    }
    return targetOf(server);
  }
}

type Headers = Record<string, string | string[]>;

interface Target {
  readonly send: typeof httpRequest;
  readonly agent: HttpAgent;
  readonly host?: string;
  readonly port?: number;
  readonly socketPath?: string;
}

function targetOf(server: Server): Target {
  const address = server.address();
  const isSecure = server instanceof TlsServer;
  // The server is in this process, and its certificate is for another name, so it is not verified.
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, rejectUnauthorized: false })
    : new HttpAgent({ keepAlive: true });
  const send = isSecure ? httpsRequest : httpRequest;
  if (typeof address === 'string') return { send, agent, socketPath: address };
  const { address: ip, port } = address as AddressInfo;
  return { send, agent, host: reachable(ip), port };
}

/** A local address that reaches a server listening on the given one. */
function reachable(ip: string): string {
  if (ip === '0.0.0.0') return '127.0.0.1';
  return ip === '::' ? '::1' : ip;
}

/** Waits until Fastify has loaded its plugins. Before, it accepts no requests. */
async function untilReady(app: Pick<INestApplication, 'getHttpAdapter'>): Promise<void> {
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'fastify') {
    await (adapter.getInstance() as { ready(): Promise<unknown> }).ready();
  }
}
