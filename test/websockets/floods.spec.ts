import { UseInterceptors, type CallHandler, type ExecutionContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { CurrentUser, PropelAuthModule, RequireUser, type User } from 'nestjs-propelauth';
import { closeApplications, startApplication } from '../support/application.js';
import { Issuer } from '../support/issuer.js';
import { alice } from '../support/people.js';
import {
  closeClients,
  connectNative,
  connectSocketIo,
  type GatewayClient,
} from '../support/websockets.js';
import { OpenGateway } from './guarded.gateway.js';

const issuer = new Issuer();

/** Many more than wait at a time. */
const FLOOD = 1_000;

let letPass: () => void;
let gate: Promise<void>;

class Gate {
  async intercept(_context: ExecutionContext, next: CallHandler) {
    await gate;
    return next.handle();
  }
}

@WebSocketGateway()
class WaitingGateway extends OpenGateway {
  @SubscribeMessage('waiting')
  @RequireUser()
  @UseInterceptors(Gate)
  waiting(@CurrentUser() user: User | null) {
    return { event: 'waiting', data: user?.userId ?? 'nobody' };
  }
}

beforeEach(() => {
  gate = new Promise((resolve) => (letPass = resolve));
});

afterEach(closeClients);
afterEach(closeApplications);

/** A connection of Alice, by each adapter. */
const CONNECTIONS: [string, () => Promise<GatewayClient>][] = [
  [
    'socket.io',
    async () => connectSocketIo(await start(), { auth: { token: await tokenOfAlice() } }),
  ],
  [
    'ws',
    async () => connectNative(await start(true), { protocols: ['bearer', await tokenOfAlice()] }),
  ],
];

const tokenOfAlice = () => issuer.accessToken(alice);

function start(native = false) {
  return startApplication(
    { imports: [PropelAuthModule.forRoot(issuer.moduleOptions)], providers: [WaitingGateway] },
    (app) => native && app.useWebSocketAdapter(new WsAdapter(app)),
  );
}

/** What is answered to a text that waits for its handler while a thousand others come over the same connection. */
async function answerAfter(client: GatewayClient, event: string): Promise<unknown> {
  client.send('waiting', 'a text');
  for (let number = 0; number < FLOOD; number++) {
    const answer = await client.ask(event, `text ${number}`);
    expect(answer.event).toBe(event === 'me' ? 'me' : 'exception');
  }
  letPass();
  const { data } = await client.next();
  return data;
}

describe.each(CONNECTIONS)('A message that waits for its handler over %s', (_name, connect) => {
  it('keeps its caller, however many follow it', async () => {
    expect(await answerAfter(await connect(), 'me')).toBe(alice.user_id);
  });

  it('keeps its caller when those that follow are refused', async () => {
    expect(await answerAfter(await connect(), 'reports')).toBe(alice.user_id);
  });
});
