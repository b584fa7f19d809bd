import type { IncomingMessage } from 'node:http';
import { UseInterceptors, type Type } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { orgFromMessage, PropelAuthService } from 'nestjs-propelauth';
import type { WebSocket } from 'ws';
import type { RunningApplication } from '../support/application.js';
import {
  connectNative,
  connectSocketIo,
  type Answer as Message,
  type GatewayClient,
} from '../support/websockets.js';
import type { Sent } from './credentials.js';
import { classesOf } from './handlers.js';
import { headersOf } from './http-client.js';
import { counted, type Answer } from './outcome.js';
import { EXEMPT, RULES_OF_MESSAGES, type Rule } from './rules.js';
import type { Session, Transport } from './transport.js';
import { AskingInterceptor } from './witness.js';

/** Clients of socket.io take a clock that is put forward for a connection that is lost. */
export const PATIENT = { pingTimeout: 24 * 3_600_000 };

/** The handlers of one gateway: each further one adds listeners to every connection of `ws`. */
const MESSAGES_OF_ONE_CLASS = RULES_OF_MESSAGES.filter(({ ofClass }) => ofClass === undefined);

/** Gateways that let everybody connect. */
const gateways = (rules: readonly Rule[], name = 'Gateway'): Type[] =>
  classesOf({
    name,
    rules,
    decorate: (rule) => [SubscribeMessage(rule.name), ...rule.decorate(orgFromMessage('orgId'))],
    ofClass: [WebSocketGateway(PATIENT), UseInterceptors(AskingInterceptor)],
    result: (rule) => ({ event: rule.name, data: 'let in' }),
  });

export const GATEWAYS = gateways(RULES_OF_MESSAGES);

/**
 * Authenticates the connections of `ws` that bring a token: the guard knows no other place where they are. It tells the others that they
 * are connected.
 */
@WebSocketGateway(PATIENT)
class ConnectionsGateway implements OnGatewayConnection {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async handleConnection(client: WebSocket, request: IncomingMessage): Promise<void> {
    const { authorization, 'sec-websocket-protocol': protocols } = request.headers;
    const hasToken = authorization !== undefined || protocols !== undefined;
    if (hasToken && (await this.propelAuth.authenticateConnection(client, request)) === null)
      return;
    client.send(JSON.stringify({ event: 'connected' }));
  }
}

/** Exempt under `requireUserByDefault`. */
export const EXEMPT_GATEWAYS = gateways([EXEMPT], 'ExemptGateway');

export const NATIVE_GATEWAYS = [
  ...gateways(MESSAGES_OF_ONE_CLASS),
  ...EXEMPT_GATEWAYS,
  ConnectionsGateway,
];

/** The first token is `auth.token`, the second one a header. */
export function socketIoTransport(
  running: RunningApplication,
  name = 'socket.io',
  rules: readonly Rule[] = RULES_OF_MESSAGES,
): Transport {
  return transport(name, rules, async (sent) => {
    const [token, second] = sent.tokens ?? [];
    const extraHeaders = handshakeHeaders(sent, sent.isWithoutScheme ? token : undefined, second);
    const auth = token !== undefined && !sent.isWithoutScheme && { auth: { token } };
    return sessionOf(connectSocketIo(running, { extraHeaders, ...auth }));
  });
}

/** The first token is a subprotocol, the second one a header. */
export function nativeTransport(running: RunningApplication): Transport {
  return transport('ws', [...MESSAGES_OF_ONE_CLASS, EXEMPT], async (sent) => {
    const [token, second] = sent.tokens ?? [];
    const client = await connectNative(running, {
      headers: handshakeHeaders(sent, sent.isWithoutScheme ? token : undefined, second),
      protocols: token === undefined || sent.isWithoutScheme ? [] : ['bearer', token],
    });
    const greeting = await client.next();
    if (greeting.event === 'connected') return sessionOf(client);
    const { result, message } = answerOf(greeting);
    const code = await client.closeCode();
    return { call: async () => ({ result: `${result}, closed with ${code}`, message }) };
  });
}

function handshakeHeaders(
  sent: Sent,
  withoutScheme: string | undefined,
  second: string | undefined,
): Record<string, string> {
  const { Authorization: _tokens, 'content-type': _type, ...headers } = headersOf(sent);
  return {
    ...(headers as Record<string, string>),
    ...(withoutScheme !== undefined && { authorization: withoutScheme }),
    ...(second !== undefined && { authorization: `Bearer ${second}` }),
  };
}

function transport(
  name: string,
  rules: readonly Rule[],
  open: (sent: Sent) => Promise<Session>,
): Transport {
  return {
    name,
    rules,
    staysConnected: true,
    open,
  };
}

function sessionOf(client: GatewayClient): Session {
  return {
    async call({ name, answers = 1 }, orgId) {
      const first = answerOf(await client.ask(name, orgId === null ? {} : { orgId }));
      if (answers === 1) return first;
      const results = [first.result];
      while (results.length < answers) results.push(answerOf(await client.next()).result);
      return { result: counted(results) };
    },
    close: () => client.close(),
  };
}

function answerOf({ event, data }: Message): Answer {
  if (event !== 'exception') return { result: 'answer' };
  const { statusCode, reason, message, cause } = data as Record<string, unknown>;
  const about = cause === undefined ? 'about the connection' : 'about the message';
  return {
    result: ['exception', statusCode, reason].filter(Boolean).join(' '),
    message: `${String(message)}, ${about}`,
  };
}
