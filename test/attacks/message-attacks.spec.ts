import { once } from 'node:events';
import { connect, type AddressInfo, type Server } from 'node:net';
import { Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { PropelAuthModule, type TokenSource } from 'nestjs-propelauth';
import { WebSocket } from 'ws';
import { startApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { stopClock } from '../support/fake-timers.js';
import { NOW, PROJECT_KEYS } from '../support/forge.js';
import { Issuer } from '../support/issuer.js';
import { handlersIn } from './let-in.js';
import {
  CAROLS_TOKEN,
  CONTROLS,
  RPC_ATTACKS,
  SOCKET_IO_ATTACKS,
  WS_ATTACKS,
  type MessageAttack,
} from './messages.js';
import { VictimGateway, VictimMessages } from './victim.messages.js';

type Message = Omit<MessageAttack, 'name'>;

const tokenSource: TokenSource = (context) =>
  context.switchToRpc().getData<{ accessToken?: string } | null>()?.accessToken;

stopClock(NOW * 1000);
const options = new Issuer(PROJECT_KEYS).moduleOptions;
const propelAuth = PropelAuthModule.forRoot({ ...options, tokenSource });
const gateway = { imports: [PropelAuthModule.forRoot(options)], providers: [VictimGateway] };
const socketIo = await startApplication(gateway);
const native = await startApplication(gateway, (app) =>
  app.useWebSocketAdapter(new WsAdapter(app)),
);
const microservicePort = await startMicroservice();

/** What a server says over a connection, also later; waits until it has said what is expected, or has ended the connection. */
type Send = (message: Message, expected: string) => Promise<readonly string[]>;

/** Opens a connection, and sends a message and one that everybody may send. */
async function overSocket(
  url: string,
  opening: string | undefined,
  headers: Record<string, string>,
  messages: string[],
  expected: string,
): Promise<readonly string[]> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  registerCleanup(() => socket.terminate());
  const received: string[] = [];
  const over = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      received.push(text);
      if (text.startsWith('40')) for (const message of messages) socket.send(message);
      if (text.includes(expected)) resolve();
    });
  });
  const closed = once(socket, 'close');
  await once(socket, 'open');
  for (const message of opening === undefined ? messages : [opening]) socket.send(message);
  await Promise.race([over, closed]);
  return received;
}

const overSocketIo: Send = ({ auth = '', event, data, wire = `42[${event},${data}]` }, expected) =>
  overSocket(
    `${socketIo.url}/socket.io/?EIO=4&transport=websocket`,
    `40${auth}`,
    {},
    // What waits for an attachment takes no other message for one.
    [wire, '42["public"]', '42["public"]'],
    expected,
  );

const overWs: Send = (
  { auth, event, data, wire = `{"event":${event},"data":${data}}` },
  expected,
) =>
  overSocket(
    native.url,
    undefined,
    auth === undefined ? {} : { authorization: `Bearer ${auth}` },
    [wire, '{"event":"public"}'],
    expected,
  );

const overTcp: Send = async ({ event, data }) => {
  const socket = connect(microservicePort, '127.0.0.1');
  registerCleanup(() => socket.destroy());
  const packet = `{"pattern":${event},"data":${data},"id":"1"}`;
  socket.write(`${packet.length}#${packet}`);
  const received: string[] = [];
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk.toString());
      if (received.join('').includes('"id":"1"')) resolve();
    });
    socket.once('close', () => resolve());
  });
  return received;
};

async function startMicroservice(): Promise<number> {
  const moduleRef = await Test.createTestingModule({
    imports: [propelAuth],
    controllers: [VictimMessages],
  }).compile();
  const microservice = moduleRef.createNestMicroservice({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: 0 },
    logger: false,
  });
  registerCleanup(() => microservice.close());
  await microservice.listen();
  return (microservice.unwrap<Server>().address() as AddressInfo).port;
}

const withTokenInData = (message: Message) => ({
  ...message,
  data: message.data.replace(/^\{(.?)/, (_, next: string) =>
    next === '}' ? `{"accessToken":"${CAROLS_TOKEN}"}` : `{"accessToken":"${CAROLS_TOKEN}",${next}`,
  ),
});

const withAuth = (auth: string) => (message: Message) => ({ ...message, auth });

describe.each<[string, MessageAttack[], Send, (message: Message) => Message]>([
  ['socket.io', SOCKET_IO_ATTACKS, overSocketIo, withAuth(JSON.stringify({ token: CAROLS_TOKEN }))],
  ['ws', WS_ATTACKS, overWs, withAuth(CAROLS_TOKEN)],
  ['a microservice', RPC_ATTACKS, overTcp, withTokenInData],
])('Attacks on %s', (_what, attacks, send, withToken) => {
  it.each(attacks)('$name', async (attack) => {
    const answers = await send(attack, 'anonymous');
    for (const control of CONTROLS) {
      expect(handlersIn((await send(withToken(control), 'letIn')).join(''))).toHaveLength(1);
    }
    // By now it has answered everything.
    expect(handlersIn(answers.join(''))).toEqual([]);
    expect(answers.join('')).not.toMatch(/internal server error/i);
  });
});
