import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Nothing is sent. */
  readonly hangs?: boolean;
}

/** A policy service. Each of its answers is that of a test. */
export const service = {
  answer: { status: 200, body: '{}' } as Answer,
  asked: [] as { path: string | undefined; token: string | undefined; question: unknown }[],
  stop() {
    server.closeAllConnections();
    server.close();
  },
};

async function decide(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url: path, headers } = incoming;
  service.asked.push({ path, token: headers.authorization, question: await json(incoming) });
  const { status, body, hangs } = service.answer;
  if (hangs) return;
  response.writeHead(status, { 'Content-Type': 'application/json', Location: '/' }).end(body);
}

const server = createServer((incoming, response) => void decide(incoming, response));
await once(server.listen(0, '127.0.0.1'), 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
Object.assign(process.env, {
  POLICY_TOKEN: 'the-token',
  PDP_URL: url,
  FGA_API_URL: url,
  FGA_STORE_ID: 'store-1',
  FGA_MODEL_ID: 'model-1',
});
