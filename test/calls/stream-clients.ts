import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { RunningApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import {
  connectNative,
  connectSocketIo,
  type Answer,
  type GatewayClient,
} from '../support/websockets.js';
import { listen } from '../mcp/listen.js';

/** A client of something that stays open. */
export interface StreamClient {
  /** What becomes of it after the server has sent news to everybody: `stays open`, or how it ends. */
  readonly fate: () => Promise<string>;
}

const STAYS_OPEN = 'stays open';

/** Reads an event stream. After its end it is asked for once more. */
export async function openEvents(
  url: string,
  headers: Record<string, string>,
): Promise<StreamClient> {
  const aborting = new AbortController();
  registerCleanup(() => aborting.abort());
  const get = () => fetch(url, { headers, signal: aborting.signal });
  const { status, body } = await get();
  if (status !== 200 || body === null) return { fate: async () => `does not open: ${status}` };
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  const fate = async () => {
    const end = await endOf(reader);
    if (end === STAYS_OPEN) return end;
    const again = await get();
    await again.body?.cancel();
    return `${end}, reopening gets ${again.status}`;
  };
  return { fate };
}

async function endOf(reader: ReadableStreamDefaultReader<string>): Promise<string> {
  try {
    for (;;) {
      const { done, value = '' } = await reader.read();
      if (done) return 'ends';
      if (value.includes('news')) return STAYS_OPEN;
    }
  } catch {
    return 'breaks';
  }
}

/** Subscribes over graphql-ws. */
export async function openSubscription(
  { url }: RunningApplication,
  field: string,
  connectionParams: Record<string, string>,
): Promise<StreamClient> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    connectionParams,
    retryAttempts: 0,
    webSocketImpl: WebSocket,
  });
  registerCleanup(() => client.dispose());
  let decided!: (fate: string) => void;
  const fate = new Promise<string>((resolve) => (decided = resolve));
  client.on('closed', (event) => {
    const { code, reason } = event as { code: number; reason: string };
    decided(`closes with ${code} ${reason}`.trim());
  });
  await new Promise<void>((opened) => {
    client.subscribe(
      { query: `subscription { ${field} }` },
      {
        next: ({ data }) => {
          opened();
          if (JSON.stringify(data).includes('news')) decided(STAYS_OPEN);
        },
        error: (error) => {
          opened();
          if (Array.isArray(error)) decided(`error ${JSON.stringify(error[0])}`);
        },
        complete: () => setImmediate(() => decided('completes')),
      },
    );
  });
  return { fate: () => fate };
}

/** A connection over which a message was sent. */
export async function openSocketIo(
  running: RunningApplication,
  token: string,
  message: string,
  data: object,
): Promise<StreamClient> {
  const client = connectSocketIo(running, { auth: { token } });
  await client.ask(message, data);
  return { fate: () => fateOf(client, 'disconnected', message, data) };
}

/** The same over `ws`. */
export async function openNative(
  running: RunningApplication,
  token: string,
  message: string,
  data: object,
): Promise<StreamClient> {
  const client = await connectNative(running, { protocols: ['bearer', token] });
  // It is told that it is connected.
  await client.next();
  await client.ask(message, data);
  const closed = client.closeCode().then((code) => `closed with ${code}`);
  return { fate: () => fateOf(client, closed, message, data) };
}

async function fateOf(
  client: GatewayClient,
  closed: string | Promise<string>,
  message: string,
  data: object,
): Promise<string> {
  const end = client.closed().then(() => undefined);
  const ask = () => Promise.race([client.ask(message, data), end]);
  const answer = await ask();
  if (answer === undefined) return closed;
  if (answer.event !== 'exception') return STAYS_OPEN;
  // What is said of a message does not end the connection. After that of the connection itself, nothing follows.
  const next = await ask();
  return `${wordsOf(answer)}, ${next === undefined ? await closed : STAYS_OPEN}`;
}

function wordsOf({ data }: Answer): string {
  const { statusCode, reason } = data as Record<string, string>;
  return ['exception', statusCode, reason].filter(Boolean).join(' ');
}

/** A response of an MCP server that stays open, to the official client. */
export async function openListening(
  url: string,
  token: string,
  settled: () => Promise<void>,
): Promise<StreamClient> {
  const subscription = await listen(url, token);
  return {
    fate: () =>
      Promise.race([
        subscription.closed.then((by) => `closed by ${by}`),
        settled().then(() => STAYS_OPEN),
      ]),
  };
}
