import { Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { TcpContext } from '@nestjs/microservices';
import { PropelAuthModule, PropelAuthService } from 'nestjs-propelauth';
import { accessTable, TestIssuer } from 'nestjs-propelauth/testing';
import { registerCleanup } from '../../support/clean-up.js';
import { stopClock, until } from '../../support/fake-timers.js';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, alice, bob, carol, GLOBEX_ID, ROLES } from '../../support/project.js';
import { startMicroservice, startMicroserviceOf } from '../../support/microservice.js';
import { OBSERVING_GUARD, observed } from '../../support/observing-guard.js';
import {
  GuardedMessages,
  handledEvents,
  tokenFromMessage,
  UndecoratedMessages,
} from './guarded.messages.js';

const UNAUTHORIZED = {
  status: 'error',
  code: 'UNAUTHENTICATED',
  message: 'Unauthorized',
  errorCode: 'token_missing',
};
const FORBIDDEN = {
  status: 'error',
  code: 'FORBIDDEN',
  message: 'Forbidden',
  errorCode: 'org_access_denied',
};

function start(
  options: Partial<Parameters<typeof PropelAuthModule.forRoot>[0]> = {},
  providers: Provider[] = [],
) {
  return startMicroservice({
    imports: [
      PropelAuthModule.forRoot({
        ...issuer.moduleOptions,
        tokenSource: tokenFromMessage,
        ...options,
      }),
    ],
    controllers: [GuardedMessages, UndecoratedMessages],
    providers,
  });
}

describe('A message handler over TCP', () => {
  it('reads the token with tokenSource', async () => {
    const client = await start();
    const accessToken = await issuer.accessToken(alice);
    expect(await client.send('me', { accessToken })).toBe(alice.userId);
  });

  it('reads the token from the metadata of a packet', async () => {
    const client = await start({
      tokenSource: (context) =>
        context.switchToRpc().getContext<TcpContext>().getMetadata()?.accessToken,
    });
    expect(await client.rejectionOf('me', {})).toEqual(UNAUTHORIZED);
    client.addMetadata({ accessToken: await issuer.accessToken(alice) });
    expect(await client.send('me', {})).toBe(alice.userId);
  });

  it.each([
    ['none', async () => undefined, 'token_missing'],
    ['an empty text', async () => '', 'token_missing'],
    ['a number', async () => 7, 'token_invalid'],
    ['an array', async () => [await issuer.accessToken(alice)], 'token_invalid'],
    ['a header', async () => issuer.authorization(alice), 'token_invalid'],
    [
      'a forged token',
      async () => (await TestIssuer.create({ roles: ROLES })).accessToken(alice),
      'token_invalid',
    ],
  ])('rejects %s with an RpcException', async (_what, token, errorCode) => {
    const client = await start();
    expect(await client.rejectionOf('me', { accessToken: await token() })).toEqual({
      ...UNAUTHORIZED,
      errorCode,
    });
  });

  it('has no code without errorCodes, except for the status', async () => {
    const client = await start({ errorCodes: false });
    const { errorCode: _, ...rejection } = UNAUTHORIZED;
    expect(await client.rejectionOf('me', {})).toEqual(rejection);
  });

  it('has the reason of a rejection with debugMode', async () => {
    const client = await start({ debugMode: true });
    expect(await client.rejectionOf('me', {})).toEqual({
      status: 'error',
      code: 'UNAUTHENTICATED',
      message: expect.any(String) as unknown,
      error: 'Unauthorized',
      errorCode: 'token_missing',
      reason: 'token_missing',
    });
  });

  it('reads the token only with the tokenSource of its decorator', async () => {
    const client = await start();
    const accessToken = await issuer.accessToken(alice);
    const token = await issuer.accessToken(bob);
    expect(await client.rejectionOf('elsewhere', { accessToken })).toEqual(UNAUTHORIZED);
    expect(await client.send('elsewhere', { accessToken, token })).toBe(bob.userId);
  });

  it('has no user without a token under @OptionalUser(), and checks nothing under @Public()', async () => {
    const client = await start();
    const accessToken = await issuer.accessToken(alice);
    expect(await client.send('visitor', {})).toEqual({ userId: null });
    expect(await client.send('visitor', { accessToken })).toEqual({ userId: alice.userId });
    expect(await client.send('public', { accessToken })).toEqual({ userId: null, orgId: null });
  });

  it('finds the organization in each message', async () => {
    const client = await start();
    const accessToken = await issuer.accessToken(carol);
    const of = (orgId: unknown) => client.rejectionOf('reports', { accessToken, orgId });
    expect(await of(ACME_ID)).toEqual({ answered: [ACME_ID, ACME_ID] });
    for (const orgId of [GLOBEX_ID, undefined, '__proto__', [ACME_ID]]) {
      expect(await of(orgId)).toEqual(FORBIDDEN);
    }
    expect(await of(ACME_ID)).toEqual({ answered: [ACME_ID, ACME_ID] });
  });

  it('requires a user under requireUserByDefault without its own decorator', async () => {
    const client = await start({ requireUserByDefault: true });
    const accessToken = await issuer.accessToken(alice);
    expect(await client.rejectionOf('undecorated', {})).toEqual(UNAUTHORIZED);
    expect(await client.send('undecorated', { accessToken })).toEqual({
      userId: alice.userId,
      orgId: null,
    });
  });

  it('checks the expiry of the token each time', async () => {
    const client = await start();
    const now = Math.floor(Date.now() / 1000);
    const accessToken = await issuer.accessToken(alice, { claims: { exp: now + 100 } });
    stopClock(now * 1000);
    expect(await client.send('me', { accessToken })).toBe(alice.userId);
    jest.setSystemTime((now + 160) * 1000);
    expect(await client.rejectionOf('me', { accessToken })).toEqual({
      ...UNAUTHORIZED,
      errorCode: 'token_expired',
    });
  });

  it('for an event is not called for an unauthenticated message', async () => {
    handledEvents.length = 0;
    const client = await start();
    await client.emit('happened', {});
    await client.emit('happened', { accessToken: await issuer.accessToken(carol) });
    // The handler of the first event would have run before that of the second, which waits for the verification of a token.
    await until(() => handledEvents.includes(carol.userId));
    expect(handledEvents).toEqual([carol.userId]);
  });
});

describe('identify() and callerKey() of messages', () => {
  beforeEach(() => void observed.splice(0));

  it('use the tokenSource of the module and of the handler before the guard runs', async () => {
    const client = await start({}, [OBSERVING_GUARD]);
    const accessToken = await issuer.accessToken(alice);
    await client.send('me', { accessToken });
    await client.send('elsewhere', { token: accessToken });
    await client.send('public', { accessToken: 'junk' });
    const known = [alice.userId, `user:${alice.userId}`];
    expect(observed).toEqual([known, known, [null, 'ip:unknown']]);
  });
});

@Module({
  imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: tokenFromMessage })],
  controllers: [GuardedMessages],
})
class MessagesModule {}

describe('An application without an HTTP server', () => {
  it('guards messages as a microservice', async () => {
    const client = await startMicroserviceOf(MessagesModule);
    const accessToken = await issuer.accessToken(alice);
    expect(await client.send('me', { accessToken })).toBe(alice.userId);
    expect(await client.rejectionOf('me', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('provides PropelAuthService and the access table as an application context', async () => {
    const context = await NestFactory.createApplicationContext(MessagesModule, {
      logger: false,
      abortOnError: false,
    });
    registerCleanup(() => context.close());
    const service = context.get(PropelAuthService);
    const { userId } = await service.validateAccessToken(await issuer.accessToken(alice));
    expect(userId).toBe(alice.userId);
    expect(accessTable(context)).toMatchObject({
      'message happened': 'user',
      'message public': 'public',
      'message reports': 'members of the org in message orgId',
    });
  });
});
