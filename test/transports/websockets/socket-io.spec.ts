import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import { stopClock } from '../../support/fake-timers.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import {
  ACME,
  ACME_ID,
  alice,
  bob,
  carol,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  ROLES,
  userIn,
} from '../../support/project.js';
import { connectSocketIo, exception } from '../../support/websockets.js';
import { GuardedGateway } from './guarded.gateway.js';

const application = await startGuarded(
  { providers: [GuardedGateway] },
  { requireUserByDefault: true, clockToleranceSeconds: 0 },
);

async function connectAs(user: TestUser | null, claims?: Record<string, unknown>) {
  const auth = user === null ? {} : { token: await issuer.accessToken(user, { claims }) };
  return connectSocketIo(application, { auth });
}

describe('A gateway over socket.io', () => {
  it('reads the token from auth.token', async () => {
    const client = await connectAs(alice);
    expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
  });

  it.each(['websocket', 'polling'] as const)(
    'reads the token from the Authorization header of the handshake over %s',
    async (transport) => {
      const extraHeaders = await headersOf(issuer, alice);
      const client = connectSocketIo(application, { extraHeaders, transports: [transport] });
      expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
    },
  );

  it('ignores a token in the query string', async () => {
    const token = await issuer.accessToken(alice);
    const client = connectSocketIo(application, {
      query: { token, access_token: token, authorization: `Bearer ${token}` },
    });
    expect(await client.ask('me')).toEqual(exception('token_missing', 'me'));
  });

  it('rejects two different tokens, and accepts one token in two places', async () => {
    const token = await issuer.accessToken(alice);
    const different = connectSocketIo(application, {
      auth: { token },
      extraHeaders: await headersOf(issuer, bob),
    });
    expect(await different.ask('me')).toEqual(exception('token_invalid', 'me'));
    const same = connectSocketIo(application, {
      auth: { token },
      extraHeaders: { Authorization: `Bearer ${token}` },
    });
    expect(await same.ask('me')).toEqual({ event: 'me', data: alice.userId });
  });

  it.each([
    ['nothing', {}, 'token_missing'],
    ['a number', { token: 7 }, 'token_invalid'],
    ['an array', { token: ['a', 'b'] }, 'token_invalid'],
    ['an empty string', { token: '' }, 'token_invalid'],
    ['no token', { token: 'none' }, 'token_invalid'],
    ['an inherited value', { ['__proto__']: { token: 'x' } }, 'token_missing'],
  ] as const)('rejects %s in auth.token', async (_what, auth, code) => {
    const client = connectSocketIo(application, { auth });
    expect(await client.ask('me')).toEqual(exception(code, 'me'));
  });

  it('rejects a token of another issuer', async () => {
    const client = connectSocketIo(application, {
      auth: { token: await (await TestIssuer.create({ roles: ROLES })).accessToken(alice) },
    });
    expect(await client.ask('me')).toEqual(exception('token_invalid', 'me'));
  });

  it('has no user without a token under @OptionalUser(), and checks nothing under @Public()', async () => {
    const stranger = await connectAs(null);
    expect(await stranger.ask('visitor')).toEqual({ event: 'visitor', data: null });
    expect(await stranger.ask('public')).toEqual({
      event: 'public',
      data: { userId: null, orgId: null },
    });
    const known = await connectAs(alice);
    expect(await known.ask('visitor')).toEqual({ event: 'visitor', data: alice.userId });
  });

  it('requires a user for undecorated messages under requireUserByDefault', async () => {
    const stranger = await connectAs(null);
    expect(await stranger.ask('undecorated')).toEqual(exception('token_missing', 'undecorated'));
    const known = await connectAs(alice);
    expect(await known.ask('undecorated')).toEqual({
      event: 'undecorated',
      data: { userId: alice.userId, orgId: null },
    });
  });

  it('finds the organization in each message', async () => {
    const client = await connectAs(carol);
    const of = (orgId: unknown) => client.ask('reports', { orgId });
    expect(await of(ACME_ID)).toEqual({ event: 'reports', data: [ACME_ID, ACME_ID] });
    for (const orgId of [GLOBEX_ID, '__proto__', '', 7, [ACME_ID], { orgId: ACME_ID }]) {
      expect(await of(orgId)).toEqual(exception('org_access_denied', 'reports'));
    }
    expect(await of(ACME_ID)).toEqual({ event: 'reports', data: [ACME_ID, ACME_ID] });
    expect(await client.ask('reports', 'text')).toEqual(exception('org_access_denied', 'reports'));
  });

  it('finds the organization at a path in the message', async () => {
    const client = await connectAs(bob);
    expect(await client.ask('admin', { filter: { orgId: ACME_ID } })).toEqual({
      event: 'admin',
      data: ACME_ID,
    });
    const message = { 'filter.orgId': ACME_ID };
    expect(await client.ask('admin', message)).toEqual(exception('org_access_denied', 'admin'));
  });

  it('injects the organization of each message in concurrent messages', async () => {
    const erin = userIn('erin', { ...ACME, role: 'Member' }, { ...GLOBEX, role: 'Member' });
    const client = await connectAs(erin);
    const ids = [ACME_ID, GLOBEX_ID, GLOBEX_ID, ACME_ID, GLOBEX_ID, ACME_ID];
    for (const orgId of ids) client.send('reports', { orgId });
    for (const orgId of ids) {
      expect(await client.next()).toEqual({ event: 'reports', data: [orgId, orgId] });
    }
  });

  it('rejects messages as soon as the token of the connection has expired', async () => {
    const now = Math.floor(Date.now() / 1000);
    const client = await connectAs(alice, { exp: now + 10 });
    stopClock(now * 1000);
    expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
    jest.setSystemTime((now + 9) * 1000);
    expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
    jest.setSystemTime((now + 10) * 1000);
    expect(await client.ask('me')).toEqual(exception('token_expired', 'me'));
    expect(await client.ask('visitor')).toEqual({ event: 'visitor', data: null });
  });
});
