import {
  Controller,
  Get,
  type INestApplication,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  Sse,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  CurrentOrg,
  CurrentUser,
  OptionalUser,
  OrgMemberInfo,
  projectUsers,
  PropelAuthModule,
  PropelAuthService,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  User,
  type CallerKind,
  type PropelAuthApi,
} from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { TestIssuer, type TestEmulator, type TestUser } from 'nestjs-propelauth/testing';
import { NEVER, startWith } from 'rxjs';
import supertest from 'supertest';
import { UserCallerKind } from '../../lib/callers/user/user-caller-kind.js';
import { asDeclared } from '../../lib/types/as-declared.js';
import { registerCleanup } from '../support/clean-up.js';
import { startApplication } from '../support/application.js';
import { apiOf, emulatorOf } from '../support/emulator.js';
import { EventStreamClient } from '../support/event-stream-client.js';
import { stopClock, until } from '../support/fake-timers.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID, ROLES } from '../support/project.js';
import { loseConnection } from '../support/backend-failures.js';
import { PropelAuthServer, type Answer } from '../support/propelauth-server.js';
import { eventually, relayTo } from './instances.js';

const issuer = await TestIssuer.create({ roles: ROLES });
const alice: TestUser = {
  email: 'alice@example.com',
  orgs: [
    { ...ACME, role: 'Admin' },
    { ...GLOBEX, role: 'Member' },
  ],
  impersonatorUserId: 'employee',
  properties: { plan: 'pro' },
};
const aliceId = issuer.userId(alice);

const partner = await TestIssuer.create({ authUrl: 'https://auth.partner.example' });

interface OwnToken {
  readonly userId: string;
  readonly issuedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
}

/**
 * Tokens of the application, such as `<user id> 0 1800`: issued at NOW, and valid for 1,800 seconds. They give less than their user has, and
 * an organization that the user is not in.
 */
@Injectable()
class OwnTokens implements CallerKind<OwnToken> {
  readonly name = 'own';
  readonly credential = [{ header: 'x-own-token' }];
  readonly challenge = 'OwnToken';

  identify(text: string): OwnToken {
    const [userId = '', issuedAt, expiresAt] = text.split(' ');
    return { userId, issuedAt: timeOf(issuedAt), expiresAt: timeOf(expiresAt) };
  }

  key({ userId }: OwnToken): string {
    return userId;
  }

  userId({ userId }: OwnToken): string {
    return userId;
  }

  issuedAt({ issuedAt }: OwnToken): Date | undefined {
    return issuedAt;
  }

  expiresAt({ expiresAt }: OwnToken): Date | undefined {
    return expiresAt;
  }

  memberships() {
    return [
      { orgId: ACME_ID, role: 'Member' },
      { orgId: GLOBEX_ID, role: 'Member' },
    ];
  }
}

/** A time that a test writes as seconds after NOW. */
function timeOf(seconds: string | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(NOW + Number(seconds) * 1_000);
}

/** Notes the keys of callers, and lets all in. */
@Injectable()
class KeyGuard implements CanActivate {
  static readonly keys: string[] = [];

  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    KeyGuard.keys.push(await this.propelAuth.callerKey(context));
    return true;
  }
}

/** Lets everybody in who is not in Acme. */
@Injectable()
class NotAcmeGuard implements CanActivate {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const caller = await this.propelAuth.identify(context);
    return caller?.user?.getOrg(ACME_ID) === undefined;
  }
}

@Controller()
class AccessController {
  @Get('me')
  @RequireUser()
  me(@CurrentUser() user: User) {
    return { isUser: user instanceof User, roles: rolesOf(user), properties: user.properties };
  }

  @Get('maybe')
  @OptionalUser()
  maybe(@CurrentUser() user: User | null) {
    return { isSomebody: user !== null };
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org() {
    return {};
  }

  @Get('orgs/:orgId/admin')
  @RequireOrgRole('Admin')
  admin() {
    return {};
  }

  @Get('script')
  @RequireApiKey()
  script() {
    return {};
  }

  @Get('own')
  @RequireCaller('own')
  own() {
    return {};
  }

  @Get('partner')
  @RequireCaller('partner')
  partner() {
    return {};
  }

  @Get('own/orgs/:orgId')
  @RequireCaller('own')
  @RequireOrgMember()
  ownOrg(@CurrentOrg() org: OrgMemberInfo) {
    return { role: org.assignedRole };
  }

  @Sse('own/events')
  @RequireCaller('own')
  events() {
    return NEVER.pipe(startWith({ data: 'opened' }));
  }
}

@Controller('identified')
@UseGuards(NotAcmeGuard)
class IdentifiedController {
  @Get()
  @RequireUser()
  show() {
    return {};
  }
}

function rolesOf(user: User): Record<string, string> {
  return Object.fromEntries(user.getOrgs().map(({ orgId, assignedRole }) => [orgId, assignedRole]));
}

/** Keeps the next answer of PropelAuth back, as it is when it is asked. Later ones come as usual. */
function holdAnswer({ propelAuth, usualAnswer }: Scenario) {
  let release: (() => void) | undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const asked = new Promise<void>((resolve) => {
    propelAuth.answers((request, response) => {
      propelAuth.answers(usualAnswer);
      const end = response.end.bind(response) as (text: string) => unknown;
      response.end = ((text: string) => {
        resolve();
        void released.then(() => end(text));
        return response;
      }) as typeof response.end;
      (usualAnswer as Exclude<Answer, { status: number }>)(request, response);
    });
  });
  return { asked, release: () => release?.() };
}

const NOW = Date.UTC(2026, 0, 1);

/** An application that has run for an hour, and PropelAuth. */
class Scenario {
  private constructor(
    readonly app: INestApplication,
    readonly url: string,
    readonly emulator: TestEmulator,
    readonly api: PropelAuthApi,
    readonly propelAuth: PropelAuthServer,
    /** That of `api`. */
    readonly usualAnswer: Answer,
    readonly token: string,
  ) {}

  static async start(options: object = {}): Promise<Scenario> {
    stopClock(NOW - 3_600_000);
    const emulator = emulatorOf(issuer, [alice]);
    const api = apiOf(emulator);
    const server = await emulator.listen();
    registerCleanup(() => server.close());
    const propelAuth = await PropelAuthServer.start();
    const usualAnswer = relayTo(server.url);
    propelAuth.answers(usualAnswer);
    const { app, url } = await startApplication({
      imports: [
        PropelAuthModule.forRoot({
          ...issuer.moduleOptions,
          webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
          plugins: [liveAccess()],
          callerKinds: [OwnTokens, projectUsers({ name: 'partner', ...partner.moduleOptions })],
          debugMode: true,
          ...options,
        }),
      ],
      providers: [{ provide: APP_GUARD, useClass: KeyGuard }, OwnTokens],
      controllers: [AccessController, IdentifiedController],
    });
    jest.setSystemTime(NOW);
    const token = await issuer.accessToken(alice);
    return new Scenario(app, url, emulator, api, propelAuth, usualAnswer, token);
  }

  /** Sends an event as PropelAuth does. */
  async send(
    event_type: string,
    fields: object = { user_id: aliceId },
    options: { messageId?: string } = {},
  ): Promise<void> {
    const { headers, body } = issuer.webhook({ event_type, ...fields }, options);
    await supertest(this.url).post('/webhooks').set(headers).send(body).expect(204);
  }

  /** Makes every answer settled that is asked for from now on. */
  wait(seconds = 3): void {
    const start = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => start + seconds * 1_000);
  }

  get(path: string): supertest.Test {
    return supertest(this.url).get(path).set('Authorization', `Bearer ${this.token}`);
  }
}

/** Creates an API key of alice in Acme, and returns a function that calls with it. */
async function apiKeyCalls({ api, url }: Scenario) {
  const { apiKeyToken } = await api.createApiKey({ userId: aliceId, orgId: ACME_ID });
  return () => supertest(url).get('/script').set('X-API-Key', apiKeyToken);
}

const ownCall =
  ({ url }: Scenario, token: string) =>
  (path = '/own') =>
    supertest(url).get(path).set('x-own-token', token);

describe('Live access', () => {
  it('sends no request about a user whose access has not changed', async () => {
    const scenario = await Scenario.start();
    await scenario.get('/me').expect(200);
    await scenario.send('user.updated');
    await scenario.send('user.disabled', { user_id: 'somebody else' });
    await scenario.get('/me').expect(200);
    expect(scenario.propelAuth.requests).toEqual([]);
  });

  it('applies an event at once, even if PropelAuth still returns the previous state', async () => {
    const scenario = await Scenario.start();
    await scenario.send('user.removed_from_org', { user_id: aliceId, org_id: ACME_ID });
    await scenario.get(`/orgs/${ACME_ID}`).expect(403);
    await scenario.get(`/orgs/${GLOBEX_ID}`).expect(200);
    scenario.wait();
    await scenario.get(`/orgs/${ACME_ID}`).expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(2);
  });

  it('grants no access that the token does not have', async () => {
    const scenario = await Scenario.start();
    const newOrg = { orgName: 'Initech' };
    scenario.emulator.addUser({ ...alice, orgs: [...alice.orgs!, { ...newOrg, role: 'Owner' }] });
    await scenario.send('user.role_changed_within_org');
    const { body } = await scenario.get('/me').expect(200);
    expect(body).toEqual({
      isUser: true,
      roles: { [ACME_ID]: 'Admin', [GLOBEX_ID]: 'Member' },
      properties: { plan: 'pro' },
    });
    expect(scenario.propelAuth.requests).toHaveLength(1);
  });

  it('matches the ids in an event in any case', async () => {
    const scenario = await Scenario.start();
    await scenario.send('user.removed_from_org', {
      removed_user_id: aliceId.toUpperCase(),
      org_id: ACME_ID.toUpperCase(),
    });
    await scenario.get(`/orgs/${ACME_ID}`).expect(403);
    await scenario.get(`/orgs/${GLOBEX_ID}`).expect(200);
    await scenario.send('org.deleted', { org_id: GLOBEX_ID.toUpperCase() });
    await scenario.get(`/orgs/${GLOBEX_ID}`).expect(403);
    await scenario.send('user.disabled', { user_id: aliceId.toUpperCase() });
    const { body } = await scenario.get('/me').expect(401);
    expect(body).toMatchObject({ reason: 'token_revoked' });
  });

  it.each<[string, (scenario: Scenario) => Promise<unknown>]>([
    ['disabled', ({ api }) => api.disableUser(aliceId)],
    ['deleted', ({ api }) => api.deleteUser(aliceId)],
  ])('rejects the token of a user who is %s in the response', async (_what, change) => {
    const scenario = await Scenario.start();
    await change(scenario);
    await scenario.send('user.role_changed_within_org');
    const { body } = await scenario.get('/me').expect(401);
    expect(body).toMatchObject({ reason: 'token_revoked' });
    expect((await scenario.get('/maybe').expect(200)).body).toEqual({ isSomebody: false });
  });

  it('accepts a user who was enabled again', async () => {
    const scenario = await Scenario.start();
    await scenario.send('user.disabled');
    await scenario.send('user.enabled');
    await scenario.get('/me').expect(401);
    scenario.wait();
    await scenario.get('/me').expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(1);
  });

  it('rejects nothing again when an event is sent again', async () => {
    const scenario = await Scenario.start();
    const fields = { user_id: aliceId };
    await scenario.send('user.disabled', fields, { messageId: 'msg_1' });
    await scenario.send('user.enabled');
    scenario.wait();
    await scenario.send('user.disabled', fields, { messageId: 'msg_1' });
    expect((await scenario.get('/me')).status).toBe(200);
    await scenario.send('user.disabled', fields, { messageId: 'msg_2' });
    expect((await scenario.get('/me')).status).toBe(401);
  });

  it('returns 503 if the user was enabled right after being disabled, while PropelAuth is unreachable', async () => {
    const scenario = await Scenario.start();
    scenario.propelAuth.answers(loseConnection);
    await scenario.send('user.disabled');
    await scenario.send('user.enabled');
    scenario.wait();
    expect((await scenario.get('/me')).status).toBe(503);
  });

  it('applies the current access wherever the caller is read', async () => {
    const scenario = await Scenario.start();
    await scenario.get('/identified').expect(403);
    await scenario.api.removeUserFromOrg({ orgId: ACME_ID, userId: aliceId });
    await scenario.send('user.removed_from_org', { user_id: aliceId, org_id: ACME_ID });
    const service = scenario.app.get(PropelAuthService);
    const bearer = `Bearer ${scenario.token}`;
    for (const user of [
      await service.validateAccessToken(scenario.token),
      await service.validateAccessToken(scenario.token),
      await service.validateAuthorizationHeader(bearer),
      // Connections ask this.
      asDeclared((await scenario.app.get(UserCallerKind).authenticate(scenario.token)).user),
    ]) {
      expect(rolesOf(user)).toEqual({ [GLOBEX_ID]: 'Member' });
      expect(user.impersonatorUserId).toBe('employee');
      expect(Object.isFrozen(user.orgIdToUserOrgInfo)).toBe(true);
      expect(Object.isFrozen(user.getOrg(GLOBEX_ID)?.userPermissions)).toBe(true);
    }
    await scenario.get('/identified').expect(200);
    await scenario.send('user.disabled');
    await scenario.get('/identified').expect(401);
    await expect(service.validateAccessToken(scenario.token)).rejects.toMatchObject({
      reason: 'token_revoked',
      status: 401,
    });
  });

  it('keeps the caller key of a disabled user, without a request', async () => {
    const scenario = await Scenario.start();
    await scenario.send('user.disabled');
    KeyGuard.keys.length = 0;
    await scenario.get('/me').expect(401);
    expect(KeyGuard.keys).toEqual([`user:${aliceId}`]);
    expect(scenario.propelAuth.requests).toEqual([]);
  });

  it('requests no marked user until the Retry-After of a 429 has passed, and returns 503 only to them', async () => {
    const scenario = await Scenario.start();
    const bob: TestUser = { email: 'bob@example.com', orgs: [{ ...ACME, role: 'Member' }] };
    const ofBob = await issuer.authorization(bob);
    scenario.propelAuth.answers({ status: 429, headers: { 'retry-after': '3' } });
    await scenario.send('user.role_changed_within_org');
    const getAsBob = () => supertest(scenario.url).get('/me').set('Authorization', ofBob);
    await getAsBob().expect(200);
    await scenario.send('user.role_changed_within_org', { user_id: issuer.userId(bob) });
    await scenario.get('/me').expect(503).expect('Retry-After', '3');
    await scenario.get('/me').expect(503);
    await getAsBob().expect(503).expect('Retry-After', '3');
    expect(scenario.propelAuth.requests).toHaveLength(1);
    scenario.wait();
    scenario.propelAuth.answers(scenario.usualAnswer);
    await scenario.get('/me').expect(200);
  });

  describe('after startup', () => {
    /** Issued 10 s after it, which may be before it by another clock. */
    const early = { issuedAt: new Date(NOW - 3_590_000), expiresInSeconds: 3_600 };

    it('requests the users of older tokens, because it may have missed events', async () => {
      const scenario = await Scenario.start();
      await scenario.api.disableUser(aliceId);
      const authorization = await issuer.authorization(alice, early);
      await supertest(scenario.url).get('/me').set('Authorization', authorization).expect(401);
      await scenario.get('/me').expect(200);
      expect(scenario.propelAuth.requests).toHaveLength(1);
    });

    it('requests such a user once the answer is settled, and then no more', async () => {
      const scenario = await Scenario.start();
      const authorization = await issuer.authorization(alice, early);
      const getMe = () =>
        supertest(scenario.url).get('/me').set('Authorization', authorization).expect(200);
      scenario.wait();
      await getMe();
      for (const seconds of [0, 29, 2, 600]) {
        scenario.wait(seconds);
        await getMe();
      }
      await scenario.get('/me').expect(200);
      expect(scenario.propelAuth.requests).toHaveLength(1);
    });

    it('accepts older tokens while PropelAuth is unreachable, retries, and applies the response', async () => {
      const scenario = await Scenario.start();
      scenario.propelAuth.answers(loseConnection);
      const authorization = await issuer.authorization(alice, early);
      const getMe = () => supertest(scenario.url).get('/me').set('Authorization', authorization);
      for (let call = 0; call < 3; call++) await getMe().expect(200);
      expect(scenario.propelAuth.requests).toHaveLength(1);
      await scenario.api.disableUser(aliceId);
      scenario.propelAuth.answers(scenario.usualAnswer);
      scenario.wait();
      await getMe().expect(200);
      await eventually(async () => (await getMe()).status === 401);
      expect(scenario.propelAuth.requests).toHaveLength(2);
    });

    it('requests other users even if the response about one user is too long', async () => {
      const scenario = await Scenario.start();
      const ofBob = await issuer.authorization({ email: 'bob@example.com' }, early);
      scenario.propelAuth.answers({ status: 200, body: '{}'.padEnd(8 * 1_048_576 + 1) });
      await supertest(scenario.url).get('/me').set('Authorization', ofBob).expect(200);
      scenario.propelAuth.answers(scenario.usualAnswer);
      await scenario.api.disableUser(aliceId);
      const ofAlice = await issuer.authorization(alice, early);
      const { status } = await supertest(scenario.url).get('/me').set('Authorization', ofAlice);
      expect(status).toBe(401);
    });
  });

  it('always requests the users of tokens that live longer than an hour', async () => {
    const scenario = await Scenario.start();
    const authorization = await issuer.authorization(alice, { expiresInSeconds: 3_601 });
    await supertest(scenario.url).get('/me').set('Authorization', authorization).expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(1);
  });

  it('requests everyone after an event that does not name the user', async () => {
    const scenario = await Scenario.start();
    await scenario.send('user.removed_from_org', { org_id: ACME_ID });
    await scenario.get('/me').expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(1);
  });

  it('requests a user at most twice a second, for any number of calls', async () => {
    const scenario = await Scenario.start();
    await scenario.send('user.role_changed_within_org');
    await Promise.all([1, 2, 3].map(() => scenario.get('/me').expect(200)));
    await scenario.get('/me').expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(1);
    scenario.wait();
    await scenario.get('/me').expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(2);
  });

  it.each<[string, object]>([
    ['user.role_changed_within_org', { user_id: aliceId, org_id: ACME_ID }],
    ['org.deleted', { org_id: ACME_ID }],
  ])('validates the API key of a member again after %s', async (event, fields) => {
    const scenario = await Scenario.start({ apiKeys: { cacheSeconds: 60 } });
    const callWithKey = await apiKeyCalls(scenario);
    scenario.wait();
    await callWithKey().expect(200);
    await callWithKey().expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(1);
    await scenario.send(event, fields);
    await callWithKey().expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(2);
  });

  it('rejects the API key of an organization whose creator was removed from it', async () => {
    const scenario = await Scenario.start({ apiKeys: { cacheSeconds: 60 } });
    const callWithKey = await apiKeyCalls(scenario);
    await callWithKey().expect(200);
    scenario.propelAuth.answers({
      status: 200,
      body: { user: { user_id: aliceId, email: '' }, org: { org_id: ACME_ID, name: 'Acme' } },
    });
    await scenario.send('user.removed_from_org', { user_id: aliceId, org_id: ACME_ID });
    expect((await callWithKey()).status).toBe(401);
  });

  it('validates an API key again if access changes while PropelAuth responds', async () => {
    const scenario = await Scenario.start();
    const { apiKeyToken } = await scenario.api.createApiKey({ userId: aliceId });
    scenario.wait();
    const { asked, release } = holdAnswer(scenario);
    const call = supertest(scenario.url).get('/script').set('X-API-Key', apiKeyToken);
    const status = call.then((response) => response.status);
    await asked;
    await scenario.api.deleteUser(aliceId);
    scenario.wait();
    await scenario.send('user.deleted');
    release();
    expect(await status).toBe(401);
  });

  it('validates an API key once after startup, and once after a settled change', async () => {
    const scenario = await Scenario.start({ apiKeys: { cacheSeconds: 60 } });
    jest.setSystemTime(NOW - 3_600_000);
    const callWithKey = await apiKeyCalls(scenario);
    scenario.wait();
    await callWithKey().expect(200);
    await callWithKey().expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(1);
    await scenario.send('user.role_changed_within_org', { user_id: aliceId, org_id: ACME_ID });
    await callWithKey().expect(200);
    await callWithKey().expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(3);
    scenario.wait();
    await callWithKey().expect(200);
    await callWithKey().expect(200);
    expect(scenario.propelAuth.requests).toHaveLength(4);
  });

  describe('for the caller of an own kind with a userId', () => {
    const TOKENS: [string, string][] = [
      ['the time of issue', `${aliceId} -60 1740`],
      ['a time of issue, and never expires', `${aliceId} -60`],
      ['a time of issue in the future', `${aliceId} 3600`],
      ['no time of issue', aliceId],
    ];

    it.each(TOKENS)('returns 401 at once if the user is disabled: %s', async (_what, token) => {
      const scenario = await Scenario.start();
      const call = ownCall(scenario, token);
      await call().expect(200);
      await scenario.api.disableUser(aliceId);
      await scenario.send('user.disabled');
      const { body, headers } = await call().expect(401);
      expect(body).toMatchObject({ reason: 'token_revoked' });
      expect(headers['www-authenticate']).toBe('OwnToken');
      jest.setSystemTime(NOW + 1_700_000);
      scenario.wait(1_700);
      await call().expect(401);
      await scenario.api.enableUser(aliceId);
      await scenario.send('user.enabled');
      scenario.wait(1_703);
      await call().expect(200);
    });

    it.each(TOKENS)('removes an organization that the user has left: %s', async (_what, token) => {
      const scenario = await Scenario.start();
      const call = ownCall(scenario, token);
      await call(`/own/orgs/${ACME_ID}`).expect(200);
      await scenario.api.removeUserFromOrg({ orgId: ACME_ID, userId: aliceId });
      await scenario.send('user.removed_from_org', { removed_user_id: aliceId, org_id: ACME_ID });
      const { body } = await call(`/own/orgs/${ACME_ID}`).expect(403);
      expect(body).toMatchObject({ reason: 'not_a_member' });
      scenario.wait();
      await call(`/own/orgs/${ACME_ID}`).expect(403);
      await call(`/own/orgs/${GLOBEX_ID}`).expect(200);
    });

    it.each(TOKENS)(
      'leaves a lower role as it is, and returns 503 if the state of a marked user is unknown: %s',
      async (_what, token) => {
        const scenario = await Scenario.start();
        const call = ownCall(scenario, token);
        await scenario.send('user.role_changed_within_org');
        const { body } = await call(`/own/orgs/${ACME_ID}`).expect(200);
        expect(body).toEqual({ role: 'Member' });
        expect(scenario.propelAuth.requests).toHaveLength(1);
        scenario.propelAuth.answers(loseConnection);
        scenario.wait();
        await scenario.send('user.role_changed_within_org');
        const { body: unknown } = await call().expect(503);
        expect(unknown).toMatchObject({ reason: 'propelauth_unavailable' });
      },
    );

    it('lets nobody in with a time of issue that is not a time', async () => {
      const call = ownCall(await Scenario.start(), `${aliceId} soon`);
      expect((await call()).status).toBe(500);
    });

    it('sends no request about a user whose access has not changed', async () => {
      const scenario = await Scenario.start();
      await scenario.send('user.disabled', { user_id: 'somebody else' });
      await ownCall(scenario, `${aliceId} -60 1740`)(`/own/orgs/${ACME_ID}`).expect(200);
      await ownCall(scenario, aliceId)(`/own/orgs/${ACME_ID}`).expect(200);
      expect(scenario.propelAuth.requests).toEqual([]);
    });

    it('ends the event stream of a disabled user, and rejects it when it reconnects', async () => {
      const scenario = await Scenario.start();
      const stream = await EventStreamClient.open(`${scenario.url}/own/events`, async () => ({
        'x-own-token': aliceId,
      }));
      await stream.received(1);
      await scenario.api.disableUser(aliceId);
      await scenario.send('user.disabled');
      await until(() => stream.isOver);
      expect(stream).toMatchObject({ breaks: 1, statuses: [200, 401] });
    });
  });

  it('compares no event with users of another project, who may have the same ids', async () => {
    const scenario = await Scenario.start();
    await scenario.send('user.disabled');
    const ofPartner = await partner.authorization({ ...alice, userId: aliceId });
    const { status } = await supertest(scenario.url)
      .get('/partner')
      .set('Authorization', ofPartner);
    expect(status).toBe(200);
  });
});
