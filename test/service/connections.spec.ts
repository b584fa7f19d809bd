import { PropelAuthModule, PropelAuthService } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { ConnectionAuthenticator } from '../../lib/service/connection-authenticator.js';
import { issuer } from '../support/guarded-application.js';
import { alice, API_KEY, AUTH_URL, ROLES } from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { exception, farewell, GATEWAY_ADAPTERS } from '../support/websockets.js';
import { ClosedGateway } from '../transports/websockets/guarded.gateway.js';

describe.each(GATEWAY_ADAPTERS)('authenticateConnection() over $name', (adapter) => {
  const { connect } = adapter;
  const start = (
    options = issuer.moduleOptions as Parameters<typeof PropelAuthModule.forRoot>[0],
  ) => adapter.start({ imports: [PropelAuthModule.forRoot(options)], providers: [ClosedGateway] });

  it('sends 401 to an unauthenticated client and disconnects', async () => {
    const client = await connect(await start());
    expect(await client.next()).toEqual(farewell('token_missing'));
    await client.closed();
  });

  it('sends no code without errorCodes', async () => {
    const client = await connect(await start({ ...issuer.moduleOptions, errorCodes: false }));
    const { data, event } = farewell('token_missing');
    const { code: _, ...body } = data;
    expect(await client.next()).toEqual({ event, data: body });
  });

  it('disconnects a client with a forged token', async () => {
    const client = await connect(
      await start(),
      await (await TestIssuer.create({ roles: ROLES })).accessToken(alice),
    );
    expect(await client.next()).toEqual(farewell('token_invalid'));
    await client.closed();
  });

  it('accepts a user and resolves to it', async () => {
    const application = await start();
    const authenticate = jest.spyOn(
      application.app.get(PropelAuthService),
      'authenticateConnection',
    );
    const client = await connect(application, await issuer.accessToken(alice));
    expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
    const user = await (authenticate.mock.results[0]?.value as Promise<unknown>);
    expect(user).toMatchObject({ userId: alice.userId });
  });

  it('leaves messages that arrive in the meantime to the guard', async () => {
    const application = await start();
    // A look-up that never ends: the handlers are reached before it does.
    jest
      .spyOn(application.app.get(ConnectionAuthenticator), 'authenticate')
      .mockReturnValue(new Promise(() => {}));
    const client = await connect(application);
    expect(await client.ask('me')).toEqual(exception('token_missing', 'me'));
  });

  it('disconnects when the token expires', async () => {
    const application = await start({ ...issuer.moduleOptions, clockToleranceSeconds: 0 });
    const now = Math.floor(Date.now() / 1000);
    const token = await issuer.accessToken(alice, { claims: { exp: now + 1800 } });
    const timeouts = jest.spyOn(globalThis, 'setTimeout');
    const client = await connect(application, token);
    expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
    const [expire] = timeouts.mock.calls.find(([, delay]) => isAbout(delay, 1_800_000)) ?? [];
    jest.spyOn(Date, 'now').mockReturnValue((now + 1800) * 1000);
    (expire as () => void)();
    expect(await client.next()).toEqual(farewell('token_expired'));
    await client.closed();
  });

  it('disconnects if no token can be verified', async () => {
    const server = await PropelAuthServer.start();
    server.answers({ status: 500 });
    const application = await start({ authUrl: AUTH_URL, apiKey: API_KEY });
    const client = await connect(application, await issuer.accessToken(alice));
    expect(await client.next()).toEqual(farewell('unavailable'));
    await client.closed();
  });
});

/** Less by what the start of the test took. */
function isAbout(delay: number | undefined, expected: number): boolean {
  return delay !== undefined && delay <= expected && delay > expected - 60_000;
}
