import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy, ClientProxyFactory, type TcpContext } from '@nestjs/microservices';
import { PropelAuthModule, PropelAuthService, Public } from 'nestjs-propelauth';
import { accessTable } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication } from '../../support/application.js';
import { registerCleanup } from '../../support/clean-up.js';
import { stopClock, until } from '../../support/fake-timers.js';
import { issuer, type PropelAuthOptions } from '../../support/guarded-application.js';
import { ACME_ID, alice, bob, carol, GLOBEX_ID } from '../../support/project.js';
import {
  startMicroservice,
  startMicroserviceOf,
  type MessageClient,
} from '../../support/microservice.js';
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

const propelAuthWith = (options: Partial<PropelAuthOptions> = {}) =>
  PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: tokenFromMessage, ...options });

const start = (options: Partial<PropelAuthOptions> = {}) =>
  startMicroservice({
    imports: [propelAuthWith(options)],
    controllers: [GuardedMessages, UndecoratedMessages],
    providers: [OBSERVING_GUARD],
  });

const accessToken = await issuer.accessToken(alice);

// Who gets in with which token is in test/calls/outcomes.md, under TCP.
describe('A message handler over TCP', () => {
  let client: MessageClient;
  beforeAll(async () => (client = await start({ requireUserByDefault: true })));

  it('reads the token only with the tokenSource of its decorator', async () => {
    expect(await client.send('me', { accessToken })).toBe(alice.userId);
    expect(await client.rejectionOf('elsewhere', { accessToken })).toEqual(UNAUTHORIZED);
    const token = await issuer.accessToken(bob);
    expect(await client.send('elsewhere', { accessToken, token })).toBe(bob.userId);
  });

  it('finds the organization in each message', async () => {
    const ofCarol = await issuer.accessToken(carol);
    for (const orgId of [ACME_ID, GLOBEX_ID, undefined, '__proto__', [ACME_ID], ACME_ID]) {
      const answer = await client.rejectionOf('reports', { accessToken: ofCarol, orgId });
      expect(answer).toEqual(orgId === ACME_ID ? { answered: [ACME_ID, ACME_ID] } : FORBIDDEN);
    }
  });

  it('requires a user under requireUserByDefault without its own decorator', async () => {
    expect(await client.rejectionOf('undecorated', {})).toEqual(UNAUTHORIZED);
    const caller = { userId: alice.userId, orgId: null };
    expect(await client.send('undecorated', { accessToken })).toEqual(caller);
  });

  it('checks the expiry of the token each time', async () => {
    const now = Math.floor(Date.now() / 1000);
    const expiring = await issuer.accessToken(alice, { claims: { exp: now + 100 } });
    stopClock(now * 1000);
    expect(await client.send('me', { accessToken: expiring })).toBe(alice.userId);
    jest.setSystemTime((now + 160) * 1000);
    const rejection = { ...UNAUTHORIZED, errorCode: 'token_expired' };
    expect(await client.rejectionOf('me', { accessToken: expiring })).toEqual(rejection);
  });

  it('for an event is not called for an unauthenticated message', async () => {
    handledEvents.length = 0;
    await client.emit('happened', {});
    await client.emit('happened', { accessToken: await issuer.accessToken(carol) });
    // The handler of the first event would have run before that of the second, which waits for the verification of a token.
    await until(() => handledEvents.includes(carol.userId));
    expect(handledEvents).toEqual([carol.userId]);
  });

  it('has the caller of the tokenSource for identify() and callerKey() before the guard runs', async () => {
    observed.length = 0;
    await client.send('me', { accessToken });
    await client.send('elsewhere', { token: accessToken });
    await client.send('public', { accessToken: 'junk' });
    const known = [alice.userId, `user:${alice.userId}`];
    expect(observed).toEqual([known, known, [null, 'ip:unknown']]);
  });
});

describe('A message handler', () => {
  it('reads the token from the metadata of a packet', async () => {
    const client = await start({
      tokenSource: (context) =>
        context.switchToRpc().getContext<TcpContext>().getMetadata()?.accessToken,
    });
    expect(await client.rejectionOf('me', {})).toEqual(UNAUTHORIZED);
    client.addMetadata({ accessToken });
    expect(await client.send('me', {})).toBe(alice.userId);
  });

  it.each([
    [{ errorCodes: false }, { message: 'Unauthorized' }],
    [
      { debugMode: true },
      {
        message: expect.any(String) as unknown,
        error: 'Unauthorized',
        errorCode: 'token_missing',
        reason: 'token_missing',
      },
    ],
  ])('says what the options say of a rejection: %j', async (options, told) => {
    const client = await start(options);
    const rejection = { status: 'error', code: 'UNAUTHENTICATED', ...told };
    expect(await client.rejectionOf('me', {})).toEqual(rejection);
  });
});

@Module({ imports: [propelAuthWith()], controllers: [GuardedMessages] })
class MessagesModule {}

describe('An application without an HTTP server', () => {
  it('guards messages as a microservice', async () => {
    const client = await startMicroserviceOf(MessagesModule);
    expect(await client.send('me', { accessToken })).toBe(alice.userId);
    expect(await client.rejectionOf('me', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('provides PropelAuthService and the access table as an application context', async () => {
    const context = await NestFactory.createApplicationContext(MessagesModule, {
      logger: false,
      abortOnError: false,
    });
    registerCleanup(() => context.close());
    const { userId } = await context.get(PropelAuthService).validateAccessToken(accessToken);
    expect(userId).toBe(alice.userId);
    expect(accessTable(context)).toMatchObject({
      'message happened': 'user',
      'message public': 'public',
      'message reports': 'members of the org in message orgId',
    });
  });
});

const CLIENT = Symbol('the client of the microservice');

@Controller()
class PublicController {
  constructor(@Inject(CLIENT) private readonly client: ClientProxy) {}

  @Get('unauthenticated')
  @Public()
  unauthenticated() {
    return this.client.send('me', {});
  }

  @Get('forbidden')
  @Public()
  forbidden() {
    return this.client.send('reports', { accessToken, orgId: GLOBEX_ID });
  }
}

describe('A public route whose own message is rejected', () => {
  it.each([false, true])(
    'returns 500 with debugMode %s, because its caller has done nothing wrong',
    async (debugMode) => {
      const { address } = await start({ debugMode });
      const client = ClientProxyFactory.create({ options: address });
      registerCleanup(() => client.close());
      const { url } = await startApplication({
        imports: [propelAuthWith()],
        controllers: [PublicController],
        providers: [{ provide: CLIENT, useValue: client }],
      });
      const failure = { statusCode: 500, message: 'Internal server error' };
      for (const path of ['/unauthenticated', '/forbidden']) {
        await request(url).get(path).expect(500, failure);
      }
    },
  );
});
