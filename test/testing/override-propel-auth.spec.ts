import {
  Body,
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  type ModuleMetadata,
} from '@nestjs/common';
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
import { routeUnder } from '../support/routes.js';

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

interface CallOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

describe('overridePropelAuth()', () => {
  let propelAuth: PropelAuthServer;
  let issuer: TestIssuer;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
    issuer = await TestIssuer.create();
  });

  const start = (
    overrides: PropelAuthOverrides = { emulator: emulatorOf(issuer) },
    metadata: ModuleMetadata = {},
  ): Promise<RunningApplication> =>
    startApplication({ imports: [AppModule], ...metadata }, undefined, (builder) =>
      overridePropelAuth(builder, overrides),
    );

  /** The answer to a call like `GET /`, by default of the administrator. */
  async function call(
    { url }: RunningApplication,
    route: string,
    { headers = {}, body = {}, ...options }: CallOptions = {},
  ) {
    const [method, path = ''] = route.split(' ');
    const token = options.token ?? (await issuer.accessToken(ADMIN));
    const sent = method === 'GET' ? request(url).get(path) : request(url).post(path).send(body);
    return sent.set({ authorization: `Bearer ${token}`, ...headers });
  }

  it('makes the application accept the tokens of the issuer, and no others', async () => {
    const application = await start();
    const { status, body } = await call(application, 'GET /');
    expect([status, body]).toEqual([200, { userId: issuer.userId(ADMIN) }]);
    const stranger = await TestIssuer.create();
    for (const token of [
      await stranger.accessToken(ADMIN),
      await issuer.accessToken(ADMIN, { expiresInSeconds: -120 }),
    ]) {
      expect((await call(application, 'GET /', { token })).status).toBe(401);
    }
    await request(application.url).get('/').expect(401);
  });

  it('loads rows and asks rules of the application as it does without it', async () => {
    const application = await start(undefined, {
      controllers: [DraftsController],
      providers: [DraftLoader, AuthorRule],
    });
    expect((await call(application, 'GET /drafts/d1')).body).toEqual({ text: 'a draft' });
    expect((await call(application, 'GET /drafts/d2')).status).toBe(403);
  });

  it('keeps the other options of the application, and answers its API calls with the emulator', async () => {
    const application = await start();
    const invite = async (orgName: string) =>
      call(application, 'POST /invitations', {
        headers: { 'x-org-id': issuer.orgId(orgName) },
        body: { email: 'bob@example.com' },
      });
    expect((await invite('Globex')).status).toBe(403);
    const { status, body } = await invite('Acme Inc');
    expect([status, body]).toEqual([201, { sent: true }]);
    const { invites } = await application.app.get(PropelAuthApi).fetchPendingInvites();
    expect(invites).toMatchObject([{ inviteeEmail: 'bob@example.com', roleInOrg: 'Member' }]);
  });

  it('checks API keys and step-up grants with the emulator', async () => {
    const emulator = emulatorOf(issuer, [ADMIN]);
    const application = await start({ emulator });
    const userId = issuer.userId(ADMIN);
    const apiKeyToken = emulator.createApiKey({ userId });
    const { url } = application;
    await request(url).get('/key').set('X-API-Key', apiKeyToken).expect(200, { userId });
    await request(url).get('/key').set('X-API-Key', 'unknown').expect(401);
    const grant = emulator.grantStepUp({ userId, actionType: 'WITHDRAW' });
    const statuses = [];
    for (const sent of ['unknown', grant, grant]) {
      const headers = { 'X-Step-Up-Grant': sent };
      statuses.push((await call(application, 'POST /withdrawals', { headers })).status);
    }
    expect(statuses).toEqual([403, 201, 403]);
  });

  it('can simulate that PropelAuth is unreachable, and a rate limit', async () => {
    const emulator = emulatorOf(issuer);
    const application = await start({ emulator });
    const withKey = (key: string) => request(application.url).get('/key').set('X-API-Key', key);
    emulator.fail('verifyStepUpGrant', { status: 502 });
    const headers = { 'X-Step-Up-Grant': 'any' };
    expect((await call(application, 'POST /withdrawals', { headers })).status).toBe(503);
    emulator.fail('validateApiKey', { times: 1 });
    await withKey('any').expect(503);
    emulator.fail('validateApiKey', { status: 429, body: { wait_seconds: 7 }, times: 1 });
    await withKey('any').expect(429).expect('Retry-After', '7');
    // As PropelAuth says of all calls of a project, whichever key they are about.
    emulator.fail('validateApiKey', { status: 429, retryAfter: 7, times: 1 });
    await withKey('another').expect(503);
  });

  it('knows the users of all tokens, so that live access does not reject them', async () => {
    const emulator = await createEmulator();
    const forRoot = PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
      plugins: [liveAccess()],
    });
    const application = await start(
      { emulator },
      { imports: [forRoot], controllers: [routeUnder('me', RequireUser())] },
    );
    const token = await emulator.issuer.accessToken({ email: 'carol@example.com' });
    expect((await call(application, 'GET /me', { token })).status).toBe(200);
    expect(emulator.calls.map(({ name }) => name)).toContain('fetchUserMetadataByUserId');
  });

  it('accepts new tokens after rotateKey() of an emulator, whose key it asks for', async () => {
    const emulator = await createEmulator();
    const application = await start({ emulator });
    await emulator.rotateKey();
    const token = await emulator.issuer.accessToken(ADMIN);
    expect((await call(application, 'GET /', { token })).status).toBe(200);
  });

  it('rejects new tokens after rotateKey() of an issuer alone, as an application with a fixed key does', async () => {
    const rotating = await TestIssuer.create();
    const application = await start({ issuer: rotating });
    await rotating.rotateKey();
    const token = await rotating.accessToken(ADMIN);
    expect((await call(application, 'GET /', { token })).status).toBe(401);
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
