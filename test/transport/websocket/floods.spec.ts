import { WsAdapter } from '@nestjs/platform-ws';
import { PropelAuthModule } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { closeApplications, startApplication } from '../../support/application.js';
import { alice, ROLES } from '../../support/project.js';
import {
  closeClients,
  connectNative,
  connectSocketIo,
  type GatewayClient,
} from '../../support/websockets.js';
import { closeGate, openGate, WaitingGateway } from './waiting.gateway.js';

const issuer = await TestIssuer.create({ roles: ROLES });

/** Many more than wait at a time. */
const FLOOD = 1_000;

beforeEach(closeGate);
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
  openGate();
  const { data } = await client.next();
  return data;
}

describe.each(CONNECTIONS)('A message that waits for its handler over %s', (_name, connect) => {
  it('keeps its caller while many messages follow', async () => {
    expect(await answerAfter(await connect(), 'me')).toBe(`a text of ${alice.userId}`);
  });

  it('keeps its caller while the following messages are rejected', async () => {
    expect(await answerAfter(await connect(), 'reports')).toBe(`a text of ${alice.userId}`);
  });
});
