import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { IncomingMessage } from 'node:http';
import {
  ConnectedSocket,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayInit,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import {
  CurrentUser,
  orgFromMessage,
  PropelAuthService,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { io, Manager, type Socket } from 'socket.io-client';
import { registerCleanup } from '../../support/clean-up.js';
import { until } from '../../support/fake-timers.js';
import type { PropelAuthOptions } from '../../support/guarded-application.js';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { connectNative, GATEWAY_ADAPTERS } from '../../support/websockets.js';
import { countOf } from '../../support/open-streams.js';
import { alice, bob, issuer, LiveApplication, watchTimers } from '../live-application.js';

const TOKEN_LIFE = 1_800_000;
const CLOSING = 3_000;
const disconnected: object[] = [];

@WebSocketGateway()
class MessagesGateway implements OnGatewayDisconnect {
  handleDisconnect(client: object): void {
    disconnected.push(client);
  }

  @SubscribeMessage('me')
  @RequireUser()
  me(@CurrentUser('userId') userId: string) {
    return { event: 'me', data: userId };
  }

  @SubscribeMessage('org')
  @RequireOrgMember({ org: orgFromMessage() })
  org() {
    return { event: 'org', data: 'yes' };
  }
}

/** The same, which lets nobody connect without a token. */
@WebSocketGateway()
class ConnectionsGateway extends MessagesGateway implements OnGatewayConnection {
  constructor(private readonly propelAuth: PropelAuthService) {
    super();
  }

  async handleConnection(client: object, request?: IncomingMessage): Promise<void> {
    await this.propelAuth.authenticateConnection(client, request);
  }
}

/** What of a server of socket.io sends messages. */
interface Emitter {
  of(namespace: string): Emitter;
  to(room: string): Emitter;
  emit(event: string, data: string): unknown;
}

let server: Emitter;

/** Puts users in rooms, in two namespaces, and has socket.io put them there again after they have lost their connection. */
@WebSocketGateway({ connectionStateRecovery: {} })
class RoomsGateway implements OnGatewayInit {
  afterInit(ofGateway: Emitter): void {
    server = ofGateway;
  }

  @SubscribeMessage('join')
  @RequireUser()
  async join(@ConnectedSocket() client: { join(room: string): unknown }) {
    await client.join('room');
    return { event: 'joined', data: 'yes' };
  }
}

@WebSocketGateway({ namespace: 'other', connectionStateRecovery: {} })
class OtherRoomsGateway extends RoomsGateway {
  override afterInit(): void {}
}

const [socketIo, native] = GATEWAY_ADAPTERS;

function start(
  { start: startGateway }: (typeof GATEWAY_ADAPTERS)[number],
  options?: Partial<PropelAuthOptions>,
  gateway: Function = ConnectionsGateway,
): Promise<LiveApplication> {
  return LiveApplication.start(startGateway, { providers: [gateway as never] }, options);
}

beforeEach(() => void disconnected.splice(0));

describe.each(GATEWAY_ADAPTERS)('A connection of $name', (adapter) => {
  const open = async (live: LiveApplication, user = alice) => {
    const client = await adapter.connect(live.running, await issuer.accessToken(user));
    expect(await client.ask('me')).toEqual({ event: 'me', data: user.userId });
    return client;
  };

  it('is closed at once when access of its user changes, and the gateway is notified once', async () => {
    const live = await start(adapter);
    const [client, other] = [await open(live), await open(live, bob)];
    await live.send('user.role_changed_within_org');
    await client.closed();
    expect(await other.ask('me')).toEqual({ event: 'me', data: bob.userId });
    await until(() => disconnected.length > 0);
    other.close();
    await until(() => disconnected.length > 1);
    expect(new Set(disconnected).size).toBe(2);
    await until(() => countOf(live.streams) === 0);
  });

  it('is closed when the organization of a message’s decision is deleted', async () => {
    const live = await start(adapter);
    const [ofAcme, ofUser] = [await open(live), await open(live)];
    expect(await ofAcme.ask('org', { orgId: ACME_ID })).toEqual({ event: 'org', data: 'yes' });
    await live.send('org.deleted', { org_id: GLOBEX_ID });
    expect(await ofAcme.ask('me')).toEqual({ event: 'me', data: alice.userId });
    await live.send('org.deleted', { org_id: ACME_ID });
    await ofAcme.closed();
    expect(await ofUser.ask('me')).toEqual({ event: 'me', data: alice.userId });
  });

  it('leaves nothing behind after its client disconnects', async () => {
    const live = await start(adapter);
    const clients = await Promise.all(Array.from({ length: 50 }, () => open(live)));
    expect(countOf(live.streams)).toBe(50);
    for (const client of clients) client.close();
    await until(() => countOf(live.streams) === 0);
    expect(live.streams).toHaveProperty('byUser.size', 0);
  });
});

/** Connects as the documentation says: `auth` is asked for each attempt. */
function connectAgain(
  live: LiveApplication,
  transport: string,
): { socket: Socket; tokens: string[] } {
  const tokens: string[] = [];
  const socket = io(live.url, {
    transports: [transport],
    reconnectionDelay: 1,
    reconnectionDelayMax: 1,
    auth: (send) =>
      void issuer.accessToken(alice, { claims: { attempt: tokens.length } }).then((token) => {
        tokens.push(token);
        send({ token });
      }),
  });
  registerCleanup(() => socket.close());
  return { socket, tokens };
}

describe('A client of socket.io', () => {
  it.each([
    ['whose websocket connection is closed at a change of access', 'websocket', false],
    ['whose polling connection is closed at a change of access', 'polling', false],
    ['whose token has expired', 'websocket', true],
  ])('%s reconnects with a new token', async (_what, transport, expires) => {
    const live = await start(socketIo!, { clockToleranceSeconds: 0 });
    const timers = watchTimers();
    const { socket, tokens } = connectAgain(live, transport);
    expect(await ask(socket)).toBe(alice.userId);
    const reasons: string[] = [];
    socket.on('disconnect', (reason) => reasons.push(reason));
    if (expires) timers.run(TOKEN_LIFE);
    else await live.send('user.role_changed_within_org');
    await until(() => reasons.length > 0);
    expect(await ask(socket)).toBe(alice.userId);
    expect(reasons).toEqual(['transport close']);
    expect(new Set(tokens).size).toBe(2);
    await until(() => disconnected.length === 1);
  });

  it('is disconnected even without authenticateConnection(), once a message was allowed', async () => {
    const live = await start(socketIo!, {}, MessagesGateway);
    const client = await socketIo!.connect(live.running, await issuer.accessToken(alice));
    expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
    expect(countOf(live.streams)).toBe(1);
    await live.send('user.disabled');
    await client.closed();
  });
});

describe('Rooms of socket.io with connectionStateRecovery', () => {
  it('are left permanently in all namespaces when access of the user changes', async () => {
    const live = await LiveApplication.start(socketIo!.start, {
      providers: [RoomsGateway, OtherRoomsGateway],
    });
    const token = await issuer.accessToken(alice);
    const manager = new Manager(live.url, {
      transports: ['websocket'],
      reconnectionDelay: 1,
      reconnectionDelayMax: 1,
    });
    const sockets = ['/', '/other'].map((name) => manager.socket(name, { auth: { token } }));
    registerCleanup(() => sockets.forEach((socket) => socket.close()));
    const received: string[] = [];
    for (const socket of sockets) {
      socket.on('news', (news) => received.push(news));
      socket.emit('join');
      await new Promise((resolve) => socket.once('joined', resolve));
    }
    const again = sockets.map(
      (socket) =>
        new Promise((resolve) =>
          socket.once('disconnect', () => socket.once('connect', () => resolve(socket.recovered))),
        ),
    );
    await live.send('user.disabled');
    expect(await Promise.all(again)).toEqual([true, true]);
    const last = sockets.map((socket) => new Promise((resolve) => socket.once('last', resolve)));
    for (const namespace of ['/', '/other']) {
      server.of(namespace).to('room').emit('news', 'secret');
      server.of(namespace).emit('last', namespace);
    }
    await Promise.all(last);
    expect(received).toEqual([]);
  });
});

describe('A client of ws', () => {
  it('gets the close code 4403, and reconnects with a new token', async () => {
    const live = await start(native!);
    const connect = async () =>
      connectNative(live.running, { protocols: ['bearer', await issuer.accessToken(alice)] });
    const client = await connect();
    await client.ask('me');
    await live.send('user.role_changed_within_org');
    expect(await client.closeCode()).toBe(4403);
    expect(await (await connect()).ask('me')).toEqual({ event: 'me', data: alice.userId });
  });

  it('that does not answer the close frame is disconnected', async () => {
    const live = await start(native!);
    const { hostname, port } = new URL(live.url);
    const socket = connectTcp(Number(port), hostname);
    registerCleanup(() => socket.destroy());
    const token = await issuer.accessToken(alice);
    socket.write(
      `GET / HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    await until(() => countOf(live.streams) === 1);
    const timers = watchTimers();
    const closed = once(socket.resume(), 'close');
    await live.send('user.disabled');
    expect([disconnected.length, timers.count(CLOSING)]).toEqual([0, 1]);
    timers.run(CLOSING);
    await closed;
    await until(() => disconnected.length === 1);
  });
});

/** Asks who the client is, as soon as it is connected. */
async function ask(socket: Socket): Promise<string> {
  const answer = new Promise<string>((resolve) => socket.once('me', resolve));
  if (!socket.connected)
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  socket.emit('me');
  return answer;
}
