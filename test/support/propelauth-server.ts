import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registerCleanup } from './clean-up.js';
import { redirectPropelAuth } from './propelauth-address.js';

/** An answer of PropelAuth's side; a function writes it itself. */
export type Answer =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** Sends an answer. */
export function respond(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  if (typeof answer === 'function') return answer(request, response);
  const { status, body = {}, headers = {} } = answer;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** PropelAuth's backend as a real HTTP server on this machine. Only its address is stubbed: requests to it come here. */
export class PropelAuthServer {
  /** What was asked, in order. */
  readonly requests: { method: string; path: string; headers: IncomingMessage['headers'] }[] = [];
  /** Where it listens, for those whose address is an option. */
  url = '';
  private answer: Answer = { status: 500 };
  private readonly server = createServer((request, response) => this.handle(request, response));
  private restoreAddress = () => {};

  private constructor() {}

  static async start(): Promise<PropelAuthServer> {
    const server = new PropelAuthServer();
    // Kept connections of `fetch` have a timer, which would be a fake one in suites that fake them.
    server.server.maxRequestsPerSocket = 1;
    registerCleanup(() => server.stop());
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    server.url = `http://127.0.0.1:${port}`;
    server.restoreAddress = redirectPropelAuth(server.url);
    return server;
  }

  /** What is answered from now on. */
  answers(answer: Answer): void {
    this.answer = answer;
  }

  /** Answers with verification metadata, as PropelAuth does. */
  answersWithKey(publicKeyPem: string): void {
    this.answers({ status: 200, body: { verifier_key_pem: publicKeyPem } });
  }

  /** Stops it before the test ends. Otherwise clean-up.ts does. */
  async stop(): Promise<void> {
    this.restoreAddress();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
    });
    respond(this.answer, request, response);
  }
}
