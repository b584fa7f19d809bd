import { Controller, Get } from '@nestjs/common';
import {
  PropelAuthModule,
  PropelAuthService,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireUser,
  type CallerKind,
} from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { alice } from '../support/claims.js';
import { Issuer } from '../support/issuer.js';
import { ACME_ID } from '../support/project.js';

@Controller()
class GuardedController {
  @Get('user')
  @RequireUser()
  user(this: void) {}

  @Get('key')
  @RequireApiKey()
  key(this: void) {}

  @Get('partner')
  @RequireCaller('partner')
  partner(this: void) {}

  @Get('orgs/:orgId')
  @RequireOrgMember({ org: async () => ({ orgId: 'org-of-others' }) })
  org(this: void) {}
}

const partner: CallerKind = {
  name: 'partner',
  credential: [{ header: 'x-partner' }],
  identify: async () => undefined,
  key: () => 'partner',
};

const NativePromise = globalThis.Promise;

/** Libraries such as zone.js replace the global class, while `async` functions return native promises. */
class ReplacedPromise<Result> extends NativePromise<Result> {}

const issuer = new Issuer();
const foreigner = new Issuer();
let running: RunningApplication;

describe('With a global Promise that is not the native one', () => {
  beforeAll(async () => {
    const backend = { ...issuer.moduleOptions, callerKinds: [partner], apiTimeoutMs: 200 };
    running = await startApplication({
      imports: [PropelAuthModule.forRoot(backend)],
      controllers: [GuardedController],
    });
    globalThis.Promise = ReplacedPromise;
  });
  afterAll(() => {
    globalThis.Promise = NativePromise;
  });

  it.each([
    ['a token of another issuer', 'user', () => foreigner.accessToken(alice)],
    ['an expired token', 'user', () => issuer.accessToken({ ...alice, exp: 1 })],
    ['a user of no such organization', `orgs/${ACME_ID}`, () => issuer.accessToken(alice)],
  ])('rejects %s', async (_what, path, tokenOf) => {
    const { status } = await request(running.url)
      .get(`/${path}`)
      .auth(await tokenOf(), { type: 'bearer' });
    expect([401, 403]).toContain(status);
  });

  it.each([
    ['an invented API key', 'key', { 'x-api-key': '0'.repeat(64) }],
    ['an invented credential of the application’s own', 'partner', { 'x-partner': 'invented' }],
  ])('rejects %s', async (_what, path, headers) => {
    const { status } = await request(running.url)
      .get(`/${path}`)
      .set(headers as Record<string, string>);
    expect([401, 503]).toContain(status);
  });

  it('rejects an invalid token in validateAccessToken()', async () => {
    const service = running.app.get(PropelAuthService);
    const token = await foreigner.accessToken(alice);
    await expect(service.validateAccessToken(token)).rejects.toMatchObject({ status: 401 });
  });
});
