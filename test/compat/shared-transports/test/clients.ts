import { once } from 'node:events';
import type { INestApplication } from '@nestjs/common';
import { ClientTCP } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { tcpAddress } from './applications.js';

/** What the server of a gateway says. */
export interface Said {
  event: string;
  data: unknown;
}

/** A client of a gateway, whichever adapter that runs on. */
export interface GatewayClient {
  /** Sends a message, and waits for what the server says next. */
  ask(event: string, data: unknown): Promise<Said>;
  next(): Promise<Said>;
  /** Waits until the server has ended the connection. */
  closed: Promise<unknown>;
  close(): void;
}

export type Connect = (app: INestApplication, headers: Headers) => Promise<GatewayClient>;

type Headers = Record<string, string>;

export function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}` };
}

export async function connectSocketIo(
  app: INestApplication,
  extraHeaders: Headers,
  auth = {},
): Promise<GatewayClient> {
  const socket = io(await app.getUrl(), {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders,
    auth,
  });
  const { put, next } = createInbox();
  socket.onAny((event: string, data: unknown) => put({ event, data }));
  return {
    ask: (event, data) => {
      socket.emit(event, data);
      return next();
    },
    next,
    closed: new Promise((resolve) => socket.once('disconnect', resolve)),
    close: () => socket.close(),
  };
}

export async function connectNative(
  app: INestApplication,
  headers: Headers,
): Promise<GatewayClient> {
  const socket = new WebSocket((await app.getUrl()).replace('http', 'ws'), { headers });
  const { put, next } = createInbox();
  socket.on('message', (text: Buffer) => put(JSON.parse(text.toString()) as Said));
  const closed = once(socket, 'close');
  await once(socket, 'open');
  return {
    ask: (event, data) => {
      socket.send(JSON.stringify({ event, data }));
      return next();
    },
    next,
    closed,
    close: () => socket.close(),
  };
}

/** Keeps what was said until somebody asks for it, in order. */
function createInbox() {
  const unread: Said[] = [];
  const waiting: ((said: Said) => void)[] = [];
  return {
    put: (said: Said) => {
      const resolve = waiting.shift();
      if (resolve === undefined) unread.push(said);
      else resolve(said);
    },
    next: () =>
      new Promise<Said>((resolve) => {
        const said = unread.shift();
        if (said === undefined) waiting.push(resolve);
        else resolve(said);
      }),
  };
}

interface GraphqlAnswer {
  data?: unknown;
  errors?: { path?: unknown; extensions?: { code?: string } }[];
}

/** The data of an answer, and the code of each error by its path. */
export async function askGraphql(app: INestApplication, query: string, headers: Headers = {}) {
  const response = await fetch(`${await app.getUrl()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const { data, errors = [] } = (await response.json()) as GraphqlAnswer;
  return { data, errors: errors.map(({ path, extensions }) => [path, extensions?.code]) };
}

/** What the service answers to a message, or says of its rejection. */
export async function askByTcp(
  app: INestApplication,
  pattern: string,
  message: object,
): Promise<{ answer: unknown } | { rejection: unknown }> {
  const client = new ClientTCP(tcpAddress(app));
  try {
    return { answer: await firstValueFrom(client.send<unknown>(pattern, message)) };
  } catch (rejection) {
    return { rejection };
  } finally {
    client.close();
  }
}
