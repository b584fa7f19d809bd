import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  PropelAuthModule,
  RequireUserOrApiKey,
  type PropelAuthModuleOptions,
} from 'nestjs-propelauth';
import { TokenVerifier } from '../../../lib/callers/user/token-verifier.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { alice, bob } from '../../support/project.js';
import { Backend } from '../../support/backend.js';
import { OBSERVING_GUARD, observed } from '../../support/observing-guard.js';
import { connectSocketIo, GATEWAY_ADAPTERS } from '../../support/websockets.js';
import { GuardedGateway, OpenGateway } from './guarded.gateway.js';

const backend = await Backend.start();

@WebSocketGateway()
class ScriptsGateway {
  @SubscribeMessage('script')
  @RequireUserOrApiKey()
  script() {}
}

beforeEach(() => void observed.splice(0));

describe.each(GATEWAY_ADAPTERS)('identify() and callerKey() over $name', (adapter) => {
  async function connect(
    token?: string,
    options: Pick<PropelAuthModuleOptions, 'tokenCache'> = {},
  ) {
    const imports = [PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })];
    const providers = [OpenGateway, OBSERVING_GUARD];
    return adapter.connect(await adapter.start({ imports, providers }), token);
  }

  it.each([alice, bob])(
    'know the user of the connection before the guard runs: $userId',
    async (user) => {
      const client = await connect(await issuer.accessToken(user));
      for (const message of [{}, 'a text', 7]) await client.ask('me', message);
      const known = [user.userId, `user:${user.userId}`];
      expect(observed).toEqual([known, known, known]);
    },
  );

  it('return no user, and the address if it is known, without a token', async () => {
    const client = await connect();
    await client.ask('public', {});
    const address = adapter.name === 'socket.io' ? /^ip:.*127\.0\.0\.1$/ : /^ip:unknown$/;
    expect(observed).toEqual([[null, expect.stringMatching(address)]]);
  });

  it('verify the token of a connection once together with the guard, even without a cache', async () => {
    const verifications = jest.spyOn(TokenVerifier.prototype, 'verify');
    const client = await connect(await issuer.accessToken(alice), { tokenCache: false });
    for (const message of [{}, 'a text', 7]) await client.ask('me', message);
    expect(observed).toHaveLength(3);
    expect(verifications).toHaveBeenCalledTimes(1);
    verifications.mockRestore();
  });
});

describe('identify() and callerKey() of a connection with an API key', () => {
  it('ask PropelAuth only for handlers that accept one', async () => {
    const application = await startGuarded({
      providers: [GuardedGateway, ScriptsGateway, OBSERVING_GUARD],
    });
    const extraHeaders = { authorization: 'Bearer junk' };
    const client = connectSocketIo(application, { extraHeaders });
    const messages = ['me', 'visitor', 'reports', 'public', 'undecorated'];
    for (const message of messages) await client.ask(message, {});
    expect(observed.map(([userId]) => userId)).toEqual(messages.map(() => null));
    expect(backend.bodies).toEqual([]);
    await client.ask('script', {});
    expect(backend.bodies).toEqual([{ api_key_token: 'junk' }]);
  });
});
