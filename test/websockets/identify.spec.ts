import { Injectable, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { PropelAuthModule, PropelAuthService } from 'nestjs-propelauth';
import { closeApplications, startApplication } from '../support/application.js';
import { Issuer } from '../support/issuer.js';
import { alice, bob } from '../support/people.js';
import {
  closeClients,
  connectNative,
  connectSocketIo,
  type GatewayClient,
} from '../support/websockets.js';
import { OpenGateway } from './guarded.gateway.js';

const issuer = new Issuer();
const seen: unknown[] = [];

/** A global guard, which comes before ours. */
@Injectable()
class SeeingGuard {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext) {
    const caller = await this.propelAuth.identify(context);
    seen.push([caller?.userId ?? null, await this.propelAuth.callerKey(context)]);
    return true;
  }
}

function start(native = false) {
  return startApplication(
    {
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
      providers: [OpenGateway, { provide: APP_GUARD, useClass: SeeingGuard }],
    },
    (app) => native && app.useWebSocketAdapter(new WsAdapter(app)),
  );
}

type Connect = (accessToken?: string) => Promise<GatewayClient>;

const ADAPTERS: [string, Connect][] = [
  ['socket.io', async (token) => connectSocketIo(await start(), token ? { auth: { token } } : {})],
  [
    'ws',
    async (token) =>
      connectNative(await start(true), { protocols: token ? ['bearer', token] : [] }),
  ],
];

beforeEach(() => void seen.splice(0));
afterEach(closeClients);
afterEach(closeApplications);

describe.each(ADAPTERS)('identify() and callerKey() over %s', (name, connect) => {
  it.each([alice, bob])(
    'know the user of the connection before the guard does: %j',
    async (claims) => {
      const client = await connect(await issuer.accessToken(claims));
      for (const message of [{}, 'a text', 7]) await client.ask('me', message);
      const user = claims.user_id;
      const known = [user, `user:${user}`];
      expect(seen).toEqual([known, known, known]);
    },
  );

  it('know nobody and the address, where it is known, without a token', async () => {
    const client = await connect();
    await client.ask('public', {});
    const address = name === 'socket.io' ? /^ip:.*127\.0\.0\.1$/ : /^ip:unknown$/;
    expect(seen).toEqual([[null, expect.stringMatching(address)]]);
  });
});
