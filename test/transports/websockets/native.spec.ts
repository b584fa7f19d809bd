import { WsAdapter } from '@nestjs/platform-ws';
import type { Type } from '@nestjs/common';
import { TestIssuer } from 'nestjs-propelauth/testing';
import type { RunningApplication } from '../../support/application.js';
import { stopClock } from '../../support/fake-timers.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, bob, carol, GLOBEX_ID, headersOf, ROLES } from '../../support/project.js';
import { connectNative, exception, farewell } from '../../support/websockets.js';
import { GuardedGateway, OpenGateway } from './guarded.gateway.js';

function start(gateway: Type): Promise<RunningApplication> {
  return startGuarded({ providers: [gateway] }, { requireUserByDefault: true }, (app) =>
    app.useWebSocketAdapter(new WsAdapter(app)),
  );
}

const application = await start(OpenGateway);

describe('A gateway over ws', () => {
  it('reads the token from the Authorization header of the upgrade request', async () => {
    const client = await connectNative(application, { headers: await headersOf(issuer, alice) });
    expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
  });

  it('reads a browser’s token after the subprotocol bearer, and does not send it back', async () => {
    const protocols = ['bearer', await issuer.accessToken(alice)];
    const client = await connectNative(application, { protocols });
    expect(client.protocol).toBe('bearer');
    expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
  });

  it('lets a browser offer a subprotocol of the application first', async () => {
    const protocols = ['reports.v1', 'bearer', await issuer.accessToken(alice)];
    const client = await connectNative(application, { protocols });
    expect(client.protocol).toBe('reports.v1');
    expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
  });

  it('ignores a token in the query string', async () => {
    const token = await issuer.accessToken(alice);
    const client = await connectNative(application, {
      path: `/?token=${token}&access_token=${token}`,
    });
    expect(await client.ask('me')).toEqual(exception('token_missing', 'me'));
  });

  it('sends an error for each rejected message, and responds to public messages', async () => {
    const client = await connectNative(application);
    expect(await client.ask('me')).toEqual(exception('token_missing', 'me'));
    expect(await client.ask('undecorated')).toEqual(exception('token_missing', 'undecorated'));
    expect(await client.ask('visitor')).toEqual({ event: 'visitor', data: null });
    expect(await client.ask('public')).toEqual({
      event: 'public',
      data: { userId: null, orgId: null },
    });
  });

  it('finds the organization in each message', async () => {
    const client = await connectNative(application, { headers: await headersOf(issuer, carol) });
    const of = (orgId: unknown) => client.ask('reports', { orgId });
    expect(await of(ACME_ID)).toEqual({ event: 'reports', data: [ACME_ID, ACME_ID] });
    expect(await of(GLOBEX_ID)).toEqual(exception('org_access_denied', 'reports'));
    expect(await of(ACME_ID)).toEqual({ event: 'reports', data: [ACME_ID, ACME_ID] });
  });

  it('rejects messages as soon as the token of the connection has expired', async () => {
    const now = Math.floor(Date.now() / 1000);
    const headers = await headersOf(issuer, alice, { exp: now + 100 });
    stopClock(now * 1000);
    const client = await connectNative(application, { headers });
    expect(await client.ask('me')).toEqual({ event: 'me', data: alice.userId });
    jest.setSystemTime((now + 160) * 1000);
    expect(await client.ask('me')).toEqual(exception('token_expired', 'me'));
  });

  it('rejects all messages of an adapter that does not pass on the upgrade request', async () => {
    const forgetful = await start(GuardedGateway);
    const client = await connectNative(forgetful, { headers: await headersOf(issuer, alice) });
    expect(await client.ask('me')).toEqual(exception('token_missing', 'me'));
  });

  describe('disconnects', () => {
    it.each([
      [
        'a forged token',
        async () => [
          'bearer',
          await (await TestIssuer.create({ roles: ROLES })).accessToken(alice),
        ],
      ],
      ['bearer without a token', async () => ['bearer']],
      ['two tokens', async () => ['bearer', await issuer.accessToken(alice), 'Bearer', 'x']],
    ])('a client with %s', async (_what, offered) => {
      const client = await connectNative(application, { protocols: await offered() });
      expect(await client.next()).toEqual(farewell('token_invalid'));
      expect(await client.closeCode()).toBe(1008);
    });

    it('a client with different tokens in two places', async () => {
      const client = await connectNative(application, {
        headers: await headersOf(issuer, bob),
        protocols: ['bearer', await issuer.accessToken(alice)],
      });
      expect(await client.next()).toEqual(farewell('token_invalid'));
      await client.closed();
    });
  });
});
