import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registerCleanup } from '../support/clean-up.js';

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Responds to the event with this number. */
type Respond = (response: ServerResponse, count: number) => void;

/** An application that receives events, and responds with 204 unless a test says something else. */
export class Application {
  readonly received: Received[] = [];
  private readonly server = createServer((request, response) => this.receive(request, response));

  constructor(private readonly respond: Respond = (response) => response.writeHead(204).end()) {
    registerCleanup(() => this.stop());
  }

  async listen(port = 0): Promise<string> {
    await once(this.server.listen(port, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  get events(): { event_type: string }[] {
    return this.received.map(({ body }) => JSON.parse(body));
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      this.received.push({ headers, body });
      this.respond(response, this.received.length);
    });
  }
}
