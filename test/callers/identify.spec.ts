import { Controller, Get, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  OptionalUser,
  PropelAuthModule,
  PropelAuthService,
  Public,
  RequireApiKey,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { issuer } from '../support/guarded-application.js';
import request from 'supertest';
import { BackendClient } from '../../lib/backend/backend-client.js';
import { VerificationKeys } from '../../lib/callers/token/verification-keys.js';
import { rateLimited, Refusal, unavailable } from '../../lib/refusals/refusal.js';
import { startApplication } from '../support/application.js';
import { alice } from '../support/project.js';

/** Lets in who is nobody we know. */
@Injectable()
class AnonymousGuard {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext) {
    return (await this.propelAuth.identify(context)) === null;
  }
}

@Controller()
class AnonymousController {
  @Get()
  @Public()
  @UseGuards(AnonymousGuard)
  show() {
    return { anonymous: true };
  }
}

const metadata = {
  imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
  controllers: [AnonymousController],
};

describe('PropelAuthService.identify()', () => {
  it.each([
    ['429 for a rate limited API key', rateLimited(7), 429],
    ['503 while PropelAuth is unavailable', unavailable('unreachable', 9), 503],
    ['null for an unknown API key', new Refusal('api_key_unknown'), 200],
  ])('returns %s', async (_what, refusal, status) => {
    const validateApiKey = () => Promise.reject(refusal);
    const { url } = await startApplication(metadata, undefined, (builder) =>
      builder.overrideProvider(BackendClient).useValue({ validateApiKey }),
    );
    await request(url).get('/').set('X-API-Key', 'a'.repeat(64)).expect(status);
  });

  it('returns 503 for a token while there is no verification key', async () => {
    const { app, url } = await startApplication(metadata);
    app.get(VerificationKeys, { strict: false }).current = undefined;
    await request(url)
      .get('/')
      .auth(await issuer.accessToken(alice), { type: 'bearer' })
      .expect(503);
  });
});

const tokenInCookie = (context: ExecutionContext) =>
  context.switchToHttp().getRequest<{ headers: { cookie?: string } }>().headers.cookie;

describe('A second credential', () => {
  const seen: unknown[] = [];

  @Injectable()
  class SeeingGuard {
    constructor(private readonly propelAuth: PropelAuthService) {}

    async canActivate(context: ExecutionContext) {
      const caller = await this.propelAuth.identify(context);
      seen.push(caller?.userId ?? null, await this.propelAuth.callerKey(context));
      return true;
    }
  }

  @Controller()
  class Reports {
    @Get('user')
    @RequireUser()
    user() {}

    @Get('optional')
    @OptionalUser()
    optional() {}

    @Get('cookie')
    @RequireUser({ tokenSource: tokenInCookie })
    cookie() {}

    @Get('either')
    @RequireUserOrApiKey()
    either() {}

    @Get('key')
    @RequireApiKey()
    key() {}
  }

  const start = () =>
    startApplication({
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
      controllers: [Reports],
      providers: [{ provide: APP_GUARD, useClass: SeeingGuard }],
    });

  beforeEach(() => {
    seen.length = 0;
  });

  it.each([
    ['user', 'authorization', { 'x-api-key': 'junk' }],
    ['optional', 'authorization', { 'x-api-key': 'junk' }],
    ['cookie', 'cookie', { 'x-api-key': 'junk' }],
    ['cookie', 'cookie', { authorization: 'Bearer junk' }],
    ['cookie', 'cookie', { authorization: 'Bearer a.b.c', 'x-api-key': 'junk' }],
  ])('does not hide the user whom /%s allows from the %s header', async (path, name, others) => {
    const { url } = await start();
    const token = await issuer.accessToken(alice);
    const value = name === 'cookie' ? token : `Bearer ${token}`;
    await request(url)
      .get(`/${path}`)
      .set({ ...others, [name]: value })
      .expect(200);
    expect(seen).toEqual([alice.userId, `user:${alice.userId}`]);
  });

  it.each(['either', 'key'])('does not identify the caller whom /%s rejects', async (path) => {
    const { url } = await start();
    const token = await issuer.accessToken(alice);
    await request(url)
      .get(`/${path}`)
      .set({ authorization: `Bearer ${token}`, 'x-api-key': 'junk' })
      .expect(401);
    expect(seen).toEqual([null, expect.stringMatching(/^ip:/)]);
  });
});
