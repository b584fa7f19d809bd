import { Body, Controller, Get, Injectable, Module, Post } from '@nestjs/common';
import {
  accessRule,
  CurrentApiKey,
  CurrentOrg,
  CurrentResource,
  CurrentUser,
  fromInput,
  orgFromHeader,
  PropelAuthApi,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUser,
  type AccessCall,
  type AccessRule,
  type ApiKeyValidation,
  type OrgMemberInfo,
  type ResourceCall,
  type ResourceLoader,
  type User,
} from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import {
  createEmulator,
  overridePropelAuth,
  TestIssuer,
  type PropelAuthOverrides,
} from 'nestjs-propelauth/testing';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { emulatorOf } from '../support/emulator.js';
import { PropelAuthServer } from '../support/propelauth-server.js';

@Injectable()
class Invitations {
  constructor(private readonly propelAuth: PropelAuthApi) {}

  send(orgId: string, email: string) {
    return this.propelAuth.inviteUserToOrg({ orgId, email, role: 'Member' });
  }
}

@Controller()
class AppController {
  constructor(private readonly invitations: Invitations) {}

  @Get()
  @RequireUser()
  hello(@CurrentUser() user: User) {
    return { userId: user.userId };
  }

  @Get('key')
  @RequireApiKey()
  key(@CurrentApiKey() key: ApiKeyValidation) {
    return { userId: key.user?.userId };
  }

  @Post('withdrawals')
  @RequireStepUpMfa('WITHDRAW')
  withdraw() {}

  @Post('invitations')
  @RequireOrgRole('Admin')
  async invite(@CurrentOrg() org: OrgMemberInfo, @Body('email') email: string) {
    return { sent: await this.invitations.send(org.orgId, email) };
  }
}

@Injectable()
class DraftLoader implements ResourceLoader<{ text: string }> {
  readonly name = 'draft';
  readonly id = fromInput('draftId');

  load(_call: ResourceCall, id: string) {
    return id === 'd1' ? { text: 'a draft' } : null;
  }
}

/** A draft may be read by its author. */
@Injectable()
class AuthorRule implements AccessRule {
  readonly name = 'author';

  async authorize(call: AccessCall) {
    return (await call.load(DraftLoader))?.text === 'a draft';
  }
}

@Controller('drafts')
class DraftsController {
  @Get(':draftId')
  @(accessRule(AuthorRule)())
  show(@CurrentResource(DraftLoader) draft: object) {
    return draft;
  }
}

@Controller()
class MeController {
  @Get('me')
  @RequireUser()
  me() {
    return {};
  }
}

/** As the module of an application is, whose environment a test run does not have. */
@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env['NO_SUCH_VARIABLE']!,
      apiKey: process.env['NO_SUCH_VARIABLE']!,
      orgSource: orgFromHeader('x-org-id'),
    }),
  ],
  controllers: [AppController],
  providers: [Invitations],
})
class AppModule {}

const ADMIN = { email: 'alice@example.com', orgs: [{ orgName: 'Acme Inc', role: 'Admin' }] };

describe('overridePropelAuth()', () => {
  let propelAuth: PropelAuthServer;
  let issuer: TestIssuer;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
    issuer = await TestIssuer.create();
  });

  function start(emulator = emulatorOf(issuer)): Promise<RunningApplication> {
    return startApplication(
      { imports: [AppModule] },
      () => {},
      (builder) => overridePropelAuth(builder, { emulator }),
    );
  }

  it('makes the application accept the tokens of the issuer, and no others', async () => {
    const { url } = await start();
    const stranger = await TestIssuer.create();
    await request(url)
      .get('/')
      .auth(await issuer.accessToken(ADMIN), { type: 'bearer' })
      .expect(200, { userId: issuer.userId(ADMIN) });
    await request(url)
      .get('/')
      .auth(await stranger.accessToken(ADMIN), { type: 'bearer' })
      .expect(401);
    await request(url)
      .get('/')
      .auth(await issuer.accessToken(ADMIN, { expiresInSeconds: -120 }), { type: 'bearer' })
      .expect(401);
    await request(url).get('/').expect(401);
  });

  it('loads rows and asks rules of the application as it does without it', async () => {
    const { url } = await startApplication(
      {
        imports: [AppModule],
        controllers: [DraftsController],
        providers: [DraftLoader, AuthorRule],
      },
      () => {},
      (builder) => overridePropelAuth(builder, { emulator: emulatorOf(issuer) }),
    );
    const get = async (path: string) =>
      request(url)
        .get(path)
        .auth(await issuer.accessToken(ADMIN), { type: 'bearer' });
    expect((await get('/drafts/d1')).body).toEqual({ text: 'a draft' });
    expect((await get('/drafts/d2')).status).toBe(403);
  });

  it('keeps the other options of the application', async () => {
    const { url } = await start();
    const invite = async (orgId: string) =>
      request(url)
        .post('/invitations')
        .auth(await issuer.accessToken(ADMIN), { type: 'bearer' })
        .set('x-org-id', orgId)
        .send({ email: 'bob@example.com' });
    expect((await invite(issuer.orgId('Acme Inc'))).status).toBe(201);
    expect((await invite(issuer.orgId('Globex'))).status).toBe(403);
  });

  it('answers the application’s API calls with the emulator', async () => {
    const { app, url } = await start();
    await request(url)
      .post('/invitations')
      .auth(await issuer.accessToken(ADMIN), { type: 'bearer' })
      .set('x-org-id', issuer.orgId('Acme Inc'))
      .send({ email: 'bob@example.com' })
      .expect(201, { sent: true });
    expect((await app.get(PropelAuthApi).fetchPendingInvites()).invites).toMatchObject([
      { inviteeEmail: 'bob@example.com', roleInOrg: 'Member' },
    ]);
  });

  it('checks API keys and step-up grants with the emulator', async () => {
    const emulator = emulatorOf(issuer, [ADMIN]);
    const { url } = await start(emulator);
    const userId = issuer.userId(ADMIN);
    const apiKeyToken = emulator.createApiKey({ userId });
    await request(url).get('/key').set('X-API-Key', apiKeyToken).expect(200, { userId });
    await request(url).get('/key').set('X-API-Key', 'unknown').expect(401);

    const withdraw = async (grant: string) =>
      request(url)
        .post('/withdrawals')
        .auth(await issuer.accessToken(ADMIN), { type: 'bearer' })
        .set('X-Step-Up-Grant', grant);
    const grant = emulator.grantStepUp({ userId, actionType: 'WITHDRAW' });
    expect((await withdraw('unknown')).status).toBe(403);
    expect((await withdraw(grant)).status).toBe(201);
    expect((await withdraw(grant)).status).toBe(403);
  });

  it('can simulate that PropelAuth is unreachable', async () => {
    const emulator = emulatorOf(issuer);
    const { url } = await start(emulator);
    emulator.fail('validateApiKey');
    emulator.fail('verifyStepUpGrant', { status: 502 });
    await request(url).get('/key').set('X-API-Key', 'any').expect(503);
    await request(url)
      .post('/withdrawals')
      .auth(await issuer.accessToken(ADMIN), { type: 'bearer' })
      .set('X-Step-Up-Grant', 'any')
      .expect(503);
  });

  it('can simulate a rate limit', async () => {
    const emulator = emulatorOf(issuer);
    const { url } = await start(emulator);
    emulator.fail('validateApiKey', { status: 429, body: { wait_seconds: 7 }, times: 1 });
    await request(url).get('/key').set('X-API-Key', 'any').expect(429).expect('Retry-After', '7');
    // As PropelAuth says of all calls of a project, whichever key they are about.
    emulator.fail('validateApiKey', { status: 429, retryAfter: 7, times: 1 });
    await request(url).get('/key').set('X-API-Key', 'another').expect(503);
  });

  it('knows the users of all tokens, so that live access does not reject them', async () => {
    const emulator = await createEmulator();
    const { url } = await startApplication(
      {
        imports: [
          PropelAuthModule.forRoot({
            ...issuer.moduleOptions,
            webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
            plugins: [liveAccess()],
          }),
        ],
        controllers: [MeController],
      },
      () => {},
      (builder) => overridePropelAuth(builder, { emulator }),
    );
    const carol = { email: 'carol@example.com' };
    const token = await emulator.issuer.accessToken(carol);
    await request(url).get('/me').auth(token, { type: 'bearer' }).expect(200);
    expect(emulator.calls.map(({ name }) => name)).toContain('fetchUserMetadataByUserId');
  });

  it('accepts new tokens after rotateKey() of an emulator, whose key it asks for', async () => {
    const emulator = await createEmulator();
    const { url } = await start(emulator);
    await emulator.rotateKey();
    const token = await emulator.issuer.accessToken(ADMIN);
    await request(url).get('/').auth(token, { type: 'bearer' }).expect(200);
  });

  it('rejects new tokens after rotateKey() of an issuer alone, as an application with a fixed key does', async () => {
    const rotating = await TestIssuer.create();
    const { url } = await startApplication(
      { imports: [AppModule] },
      () => {},
      (builder) => overridePropelAuth(builder, { issuer: rotating }),
    );
    await rotating.rotateKey();
    await request(url)
      .get('/')
      .auth(await rotating.accessToken(ADMIN), { type: 'bearer' })
      .expect(401);
  });

  it('sends no request to PropelAuth', () => {
    expect(propelAuth.requests).toEqual([]);
  });

  it.each<[string, () => object, string]>([
    [
      'a promise of an emulator',
      () => ({ emulator: createEmulator() }),
      'emulator of overridePropelAuth() is not the result of createEmulator(). Set it to one: const emulator = await createEmulator().',
    ],
    [
      'a promise of an issuer',
      () => ({ issuer: TestIssuer.create() }),
      'issuer of overridePropelAuth() is not the result of TestIssuer.create(). Set it to one: const issuer = await TestIssuer.create().',
    ],
    [
      'nothing',
      () => ({}),
      'emulator of overridePropelAuth() is not the result of createEmulator(). Set it to one: const emulator = await createEmulator().',
    ],
  ])('rejects %s and names the fix', (_what, overrides, message) => {
    const override = () =>
      overridePropelAuth(Test.createTestingModule({}), overrides() as PropelAuthOverrides);
    expect(override).toThrow(message);
  });
});
