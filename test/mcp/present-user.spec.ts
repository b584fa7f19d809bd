import { randomUUID } from 'node:crypto';
import { Controller, Get } from '@nestjs/common';
import {
  CurrentUser,
  orgFromParam,
  PropelAuthModule,
  PropelAuthService,
  RequireOrgMember,
  RequireOrgRole,
  User,
  type PropelAuthApi,
} from 'nestjs-propelauth';
import {
  liveAccess,
  type AccessChanges,
  type AccessChangesFollower,
  type AccessChangesListener,
} from 'nestjs-propelauth/live-access';
import { mcpServer, RequireMcpToken } from 'nestjs-propelauth/mcp';
import type { TestEmulator, TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { ChangeEntries } from '../../lib/live-access/change-entries.js';
import { systemClock } from '../../lib/values/clock.js';
import { Hooks } from '../../lib/plugins/hooks.js';
import { accessSubject, UNDATED } from '../../lib/plugins/current-access.js';
import { PresentUsers } from '../../lib/propelauth/users/present-users.js';
import { UserQuestions } from '../../lib/propelauth/users/user-questions.js';
import { issuer } from '../transports/live-application.js';
import { startApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { apiOf, emulatorOf } from '../support/emulator.js';
import { stopClock } from '../support/fake-timers.js';
import type { PropelAuthOptions } from '../support/guarded-application.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID } from '../support/project.js';
import { PropelAuthServer, type Answer } from '../support/propelauth-server.js';
import { KnownMcpTokens } from './known-mcp-tokens.js';
import { mcp } from '../support/mcp-options.js';

const alice: TestUser = {
  email: 'alice@example.com',
  firstName: 'Alice',
  lastName: 'Liddell',
  username: 'alice',
  legacyUserId: 'legacy-alice',
  properties: { plan: 'pro', tags: ['a'] },
  impersonatorUserId: 'employee',
  orgs: [
    { ...ACME, role: 'Admin', orgMetadata: { tier: { name: 'gold' } } },
    { ...GLOBEX, role: 'Member' },
  ],
};
const userId = issuer.userId(alice);
const inAcme = { userId, orgId: ACME_ID };
const org = orgFromParam('orgId');

let latestUser: User | undefined;

@Controller()
@RequireMcpToken()
class ToolsController {
  @Get('me')
  me(@CurrentUser() user: User) {
    latestUser = user;
    return { activeOrgId: user.activeOrgId };
  }

  @Get('token')
  token() {
    return {};
  }

  @Get('orgs/:orgId')
  @RequireOrgMember({ org })
  member() {
    return {};
  }

  @Get('orgs/:orgId/admin')
  @RequireOrgRole('Admin', { org })
  admin() {
    return {};
  }
}

const NOW = Date.UTC(2026, 0, 1);

/** An application with an MCP server that has run for an hour, and PropelAuth. */
class Scenario {
  private constructor(
    readonly url: string,
    readonly users: PresentUsers,
    readonly propelAuthService: PropelAuthService,
    readonly emulator: TestEmulator,
    readonly api: PropelAuthApi,
    readonly propelAuth: PropelAuthServer,
    readonly tokens: KnownMcpTokens,
    private readonly clock: { seconds: number },
  ) {}

  static async start(options: Partial<PropelAuthOptions> = {}): Promise<Scenario> {
    stopClock(NOW - 3_600_000);
    const clock = { seconds: 0 };
    jest.spyOn(systemClock, 'monotonicSeconds').mockImplementation(() => clock.seconds);
    const emulator = emulatorOf(issuer, [alice]);
    const api = apiOf(emulator);
    const server = await emulator.listen();
    registerCleanup(() => server.close());
    const propelAuth = await PropelAuthServer.start();
    propelAuth.answers(relayTo(server.url));
    const tokens = new KnownMcpTokens();
    const { app, url } = await startApplication(
      {
        imports: [
          PropelAuthModule.forRoot({
            ...issuer.moduleOptions,
            plugins: [mcpServer(mcp)],
            debugMode: true,
            ...options,
          }),
        ],
        controllers: [ToolsController],
      },
      undefined,
      (builder) => tokens.override(builder),
    );
    const users = new PresentUsers(app.get(UserQuestions), app.get(Hooks));
    const service = app.get(PropelAuthService);
    const scenario = new Scenario(url, users, service, emulator, api, propelAuth, tokens, clock);
    scenario.pass(3_600);
    return scenario;
  }

  /** Has time pass, in seconds. */
  pass(seconds: number): void {
    this.clock.seconds += seconds;
    jest.setSystemTime(Date.now() + seconds * 1000);
  }

  get(path: string, token: string): supertest.Test {
    return supertest(this.url).get(path).auth(token, { type: 'bearer' });
  }

  async reasonOf(path: string, token: string): Promise<string | undefined> {
    const { body } = await this.get(path, token);
    return (body as { reason?: string }).reason;
  }

  get questions(): number {
    return this.propelAuth.requests.length;
  }

  async send(event_type: string, fields: object = { user_id: userId }): Promise<void> {
    const { headers, body } = issuer.webhook({ event_type, ...fields });
    await supertest(this.url).post('/webhooks').set(headers).send(body).expect(204);
  }
}

/** Answers what another server answers. */
function relayTo(url: string): Answer {
  return (request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = await fetch(url + request.url, {
        method: request.method!,
        headers: { authorization: request.headers.authorization! },
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(await answer.text());
    })();
  };
}

/** What another instance writes into the log that all of them read. */
class SharedLog implements AccessChanges {
  private readonly listeners: AccessChangesListener[] = [];

  async publish(): Promise<void> {}

  follow(listener: AccessChangesListener): AccessChangesFollower {
    this.listeners.push(listener);
    listener.onGap();
    return { close: () => undefined };
  }

  tellOf(event: { event_type: string; user_id: string }): void {
    const entries = new ChangeEntries([issuer.webhookSecret]);
    const entry = entries.seal({ id: randomUUID(), event, knownAt: Date.now() / 1000 });
    for (const { onChange } of this.listeners) onChange(entry);
  }
}

const live = {
  webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
  plugins: [mcpServer(mcp), liveAccess()],
} as const;

beforeEach(() => (latestUser = undefined));

describe('The user of an MCP token', () => {
  it('is requested only if a rule or @CurrentUser() needs it', async () => {
    const scenario = await Scenario.start();
    const token = scenario.tokens.issue(inAcme);
    await scenario.get('/token', token).expect(200);
    expect(scenario.questions).toBe(0);
    await scenario.get(`/orgs/${ACME_ID}/admin`, token).expect(200);
    expect(scenario.propelAuth.requests).toMatchObject([
      { method: 'GET', path: `/api/backend/v1/user/${userId}?include_orgs=true` },
    ]);
  });

  it('has the one organization of the token, as the active one, with the user’s state from PropelAuth’s backend', async () => {
    const scenario = await Scenario.start();
    await scenario.get('/me', scenario.tokens.issue(inAcme)).expect(200);
    const user = latestUser!;
    expect(user).toBeInstanceOf(User);
    expect(user).toMatchObject({
      userId,
      email: 'alice@example.com',
      firstName: 'Alice',
      lastName: 'Liddell',
      username: 'alice',
      legacyUserId: 'legacy-alice',
      properties: { plan: 'pro', tags: ['a'] },
      loginMethod: { loginMethod: 'unknown' },
      activeOrgId: ACME_ID,
    });
    expect(user.getOrgs().map(({ orgId }) => orgId)).toEqual([ACME_ID]);
    expect(user.getActiveOrg()).toMatchObject({
      orgName: 'Acme Inc',
      urlSafeOrgName: 'acme-inc',
      orgMetadata: { tier: { name: 'gold' } },
      userAssignedRole: 'Admin',
      userInheritedRolesPlusCurrentRole: ['Admin', 'Member'],
      userPermissions: ['can_view_billing', 'can_view_reports'],
    });
    expect(user.isImpersonating()).toBe(false);
    expect([user.isAtLeastRole(ACME_ID, 'Member'), user.isRole(GLOBEX_ID, 'Member')]).toEqual([
      true,
      false,
    ]);
  });

  it('is deeply frozen, so that callers who share it cannot change it', async () => {
    const scenario = await Scenario.start();
    await scenario.get('/me', scenario.tokens.issue(inAcme)).expect(200);
    const { properties, orgIdToUserOrgInfo } = latestUser!;
    const membership = orgIdToUserOrgInfo![ACME_ID]!;
    for (const value of [
      latestUser,
      properties,
      properties!['tags'],
      orgIdToUserOrgInfo,
      membership,
      membership.userPermissions,
      membership.orgMetadata['tier'],
    ]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });

  it('has no organization, and passes no organization rule, with a token without one', async () => {
    const scenario = await Scenario.start();
    const token = scenario.tokens.issue({ userId });
    await scenario.get('/me', token).expect(200);
    expect([latestUser!.getOrgs(), latestUser!.activeOrgId]).toEqual([[], undefined]);
    await scenario.get(`/orgs/${ACME_ID}`, token).expect(403);
  });

  it('is rejected with 401 if the token is for an organization that the user is not in', async () => {
    const scenario = await Scenario.start();
    const token = scenario.tokens.issue({ userId, orgId: randomUUID() });
    expect(await scenario.reasonOf('/me', token)).toBe('token_revoked');
  });

  it.each<[string, (scenario: Scenario) => Promise<unknown>]>([
    ['disabled', ({ api }) => api.disableUser(userId)],
    ['deleted', ({ api }) => api.deleteUser(userId)],
  ])('is rejected with 401 when the user is %s', async (_what, change) => {
    const scenario = await Scenario.start();
    await change(scenario);
    const { body } = await scenario.get('/me', scenario.tokens.issue(inAcme)).expect(401);
    expect(body).toMatchObject({ reason: 'token_revoked' });
  });

  it.each<[string, Answer]>([
    ['500', { status: 500 }],
    ['429', { status: 429, headers: { 'retry-after': '20' } }],
    ['a 404 for something else', { status: 404, body: 'Not found' }],
    ['another user', { status: 200, body: { user_id: randomUUID(), enabled: true } }],
    [
      'an invalid email address',
      { status: 200, body: { user_id: userId, enabled: true, org_id_to_org_info: {}, email: [] } },
    ],
    ['invalid JSON', { status: 200, body: '<html>' }],
    ['a broken connection', (request) => request.socket.destroy()],
  ])('gets 503 if PropelAuth returns %s', async (_what, answer) => {
    const scenario = await Scenario.start();
    scenario.propelAuth.answers(answer);
    const { body } = await scenario.get('/me', scenario.tokens.issue(inAcme)).expect(503);
    expect(body).toMatchObject({ reason: 'propelauth_unavailable' });
    await scenario.get('/token', scenario.tokens.issue(inAcme)).expect(200);
  });

  it('gets 503 if PropelAuth takes longer than apiTimeoutMs', async () => {
    const scenario = await Scenario.start({ apiTimeoutMs: 1 });
    scenario.propelAuth.answers(() => {});
    const reason = await scenario.reasonOf('/me', scenario.tokens.issue(inAcme));
    expect(reason).toBe('propelauth_unavailable');
  });

  it.each(['alice', '', '../org/query', `${userId}?include_orgs=false`, userId.slice(1)])(
    'gets 503 without a request for the id %j, which PropelAuth never issues',
    async (id) => {
      const scenario = await Scenario.start();
      await scenario.get('/me', scenario.tokens.issue({ userId: id })).expect(503);
      expect(scenario.questions).toBe(0);
    },
  );

  it('is requested once for concurrent calls, with any tokens', async () => {
    const scenario = await Scenario.start();
    const texts = Array.from({ length: 20 }, (_, number) =>
      scenario.tokens.issue({ userId, orgId: number % 2 === 0 ? ACME_ID : GLOBEX_ID }),
    );
    const responses = await Promise.all(texts.map((token) => scenario.get('/me', token)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(responses.map(({ body }) => (body as Partial<User>).activeOrgId)).toEqual(
      texts.map((_, number) => (number % 2 === 0 ? ACME_ID : GLOBEX_ID)),
    );
    expect(scenario.questions).toBe(1);
  });

  it('is requested with up to 49 others in one request', async () => {
    const scenario = await Scenario.start();
    const users = Array.from({ length: 500 }, (_, number) => ({
      userId: randomUUID(),
      email: `user-${number}@example.com`,
    }));
    for (const user of users) scenario.emulator.addUser(user);
    const all = users.map((user) => scenario.users.userOf(subjectFor(user.userId), true));
    expect((await Promise.all(all)).map((user) => user?.email)).toEqual(
      users.map(({ email }) => email),
    );
    expect(scenario.questions).toBe(10);
  });

  it('gets 503 without a request if 10,000 others wait', async () => {
    const backend = { fetchUserState: unanswered, fetchUserStates: unanswered };
    const users = new PresentUsers(new UserQuestions(backend), {});
    const outcomes: string[] = [];
    for (let count = 0; count < 10_001; count++) {
      void users
        .userOf(subjectFor(randomUUID()), true)
        .catch((error: { reason: string }) => outcomes.push(error.reason));
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(outcomes).toEqual(['propelauth_unavailable']);
  });

  it('is requested at most once a second while PropelAuth fails', async () => {
    const scenario = await Scenario.start();
    scenario.propelAuth.answers({ status: 500 });
    const token = scenario.tokens.issue(inAcme);
    for (let call = 0; call < 20; call++) {
      await scenario.get('/me', token).expect(503);
      scenario.pass(0.1);
    }
    expect(scenario.questions).toBe(2);
  });
});

const unanswered = () => new Promise<never>(() => {});

const subjectFor = (id: string) => accessSubject(id, [], UNDATED);

describe('Without liveAccess, the user of an MCP token', () => {
  it('is requested again after 30 seconds, and then has the current access', async () => {
    const scenario = await Scenario.start();
    const token = scenario.tokens.issue(inAcme);
    const admin = `/orgs/${ACME_ID}/admin`;
    await scenario.get(admin, token).expect(200);
    await scenario.api.changeUserRoleInOrg({ orgId: ACME_ID, userId, role: 'Member' });
    scenario.pass(29.9);
    await scenario.get(admin, token).expect(200);
    expect(scenario.questions).toBe(1);
    scenario.pass(0.1);
    expect(await scenario.reasonOf(admin, token)).toBe('role_missing');
    await scenario.api.disableUser(userId);
    scenario.pass(30);
    expect(await scenario.reasonOf(admin, token)).toBe('token_revoked');
    expect(scenario.questions).toBe(3);
  });

  it('is never requested for handlers that do not need it', async () => {
    const scenario = await Scenario.start();
    for (const issuedAt of [NOW / 1000, NOW / 1000 - 5_000, null]) {
      await scenario.get('/token', scenario.tokens.issue(inAcme, issuedAt)).expect(200);
    }
    expect(scenario.questions).toBe(0);
  });
});

describe('With liveAccess, the user of an MCP token', () => {
  it('is requested again after an hour', async () => {
    const scenario = await Scenario.start(live);
    const token = scenario.tokens.issue(inAcme);
    await scenario.get('/me', token).expect(200);
    scenario.pass(3_599.9);
    await scenario.get('/me', token).expect(200);
    expect(scenario.questions).toBe(1);
    scenario.pass(0.1);
    await scenario.get('/me', token).expect(200);
    expect(scenario.questions).toBe(2);
  });

  it('gets new access after 30 seconds, because no event announces it', async () => {
    const scenario = await Scenario.start(live);
    await scenario.api.removeUserFromOrg(inAcme);
    const token = scenario.tokens.issue(inAcme);
    expect(await scenario.reasonOf(`/orgs/${ACME_ID}`, token)).toBe('token_revoked');
    await scenario.api.addUserToOrg({ ...inAcme, role: 'Member' });
    scenario.pass(29.9);
    expect(await scenario.reasonOf(`/orgs/${ACME_ID}`, token)).toBe('token_revoked');
    expect(scenario.questions).toBe(1);
    scenario.pass(0.1);
    await scenario.get(`/orgs/${ACME_ID}`, token).expect(200);
  });

  it('has the new role on the next call after the event', async () => {
    const scenario = await Scenario.start(live);
    const token = scenario.tokens.issue(inAcme);
    const admin = `/orgs/${ACME_ID}/admin`;
    await scenario.get(admin, token).expect(200);
    await scenario.api.changeUserRoleInOrg({ orgId: ACME_ID, userId, role: 'Member' });
    scenario.pass(1);
    await scenario.send('user.role_changed_within_org', { user_id: userId, org_id: ACME_ID });
    expect(await scenario.reasonOf(admin, token)).toBe('role_missing');
  });

  it('is requested once, and once again when a response is settled, two seconds after the event', async () => {
    const scenario = await Scenario.start(live);
    const token = scenario.tokens.issue(inAcme);
    await scenario.send('user.role_changed_within_org', { user_id: userId, org_id: ACME_ID });
    for (let call = 0; call < 30; call++) {
      await scenario.get('/me', token).expect(200);
      scenario.pass(0.25);
    }
    expect(scenario.questions).toBe(2);
  });

  it.each(['user.disabled', 'user.deleted'])(
    'is rejected at once after %s, even if no rule needs the user, without a request',
    async (event) => {
      const scenario = await Scenario.start(live);
      const token = scenario.tokens.issue(inAcme);
      await scenario.get('/token', token).expect(200);
      await scenario.send(event);
      for (const path of ['/token', '/me', `/orgs/${ACME_ID}`]) {
        expect(await scenario.reasonOf(path, token)).toBe('token_revoked');
      }
      expect(scenario.questions).toBe(0);
    },
  );

  it('stays rejected while PropelAuth cannot be reached', async () => {
    const scenario = await Scenario.start(live);
    const token = scenario.tokens.issue(inAcme);
    await scenario.get('/me', token).expect(200);
    await scenario.send('user.disabled');
    scenario.propelAuth.answers({ status: 500 });
    for (let call = 0; call < 5; call++) {
      scenario.pass(100);
      expect(await scenario.reasonOf('/token', token)).toBe('token_revoked');
    }
  });

  it('is accepted again after user.enabled, within three seconds', async () => {
    const scenario = await Scenario.start(live);
    const token = scenario.tokens.issue(inAcme);
    await scenario.send('user.disabled');
    await scenario.send('user.enabled');
    expect(await scenario.reasonOf('/token', token)).toBe('token_revoked');
    scenario.pass(3);
    await scenario.get('/token', token).expect(200);
    expect(scenario.questions).toBe(1);
  });

  describe.each<[string, (scenario: Scenario) => Promise<unknown>]>([
    ['user.disabled', ({ api }) => api.disableUser(userId)],
    ['user.deleted', ({ api }) => api.deleteUser(userId)],
  ])('is lost with %s', (event, change) => {
    it('and stays so when an older user.enabled is sent late, for a token that was refreshed since', async () => {
      const scenario = await Scenario.start(live);
      await change(scenario);
      await scenario.send(event);
      await scenario.send('user.enabled');
      scenario.pass(70);
      expect(await scenario.reasonOf('/token', scenario.tokens.issue(inAcme))).toBe(
        'token_revoked',
      );
      await scenario.send('user.enabled');
      await scenario.send('user.role_changed_within_org', { user_id: userId, org_id: ACME_ID });
      await scenario.send('user.added_to_org', { user_id: userId, org_id: ACME_ID, role: 'Admin' });
      scenario.pass(70);
      expect(await scenario.reasonOf('/token', scenario.tokens.issue(inAcme))).toBe(
        'token_revoked',
      );
    });

    it('and stays so when an older user.enabled is sent late while PropelAuth cannot be reached', async () => {
      const scenario = await Scenario.start(live);
      await change(scenario);
      await scenario.send(event);
      scenario.propelAuth.answers({ status: 500 });
      await scenario.send('user.enabled');
      scenario.pass(70);
      const token = scenario.tokens.issue(inAcme);
      expect(await scenario.reasonOf('/token', token)).toBe('propelauth_unavailable');
      await scenario.send(event);
      expect(await scenario.reasonOf('/token', token)).toBe('token_revoked');
    });

    it('and stays so when another instance passes on an older user.enabled, in any order', async () => {
      for (const events of [
        [event, 'user.enabled'],
        ['user.enabled', event],
      ]) {
        const changes = new SharedLog();
        const scenario = await Scenario.start({
          ...live,
          plugins: [mcpServer(mcp), liveAccess({ changes })],
        });
        await change(scenario);
        for (const event_type of events) changes.tellOf({ event_type, user_id: userId });
        scenario.pass(70);
        const token = scenario.tokens.issue(inAcme);
        expect(await scenario.reasonOf('/token', token)).toBe('token_revoked');
      }
    });

    it('and stays so when other events have come for hours', async () => {
      const scenario = await Scenario.start(live);
      await change(scenario);
      await scenario.send(event);
      scenario.pass(7_200);
      await scenario.send('user.disabled', { user_id: randomUUID() });
      await scenario.send('user.disabled', { user_id: randomUUID() });
      scenario.pass(70);
      expect(await scenario.reasonOf('/token', scenario.tokens.issue(inAcme))).toBe(
        'token_revoked',
      );
    });
  });

  it('that was disabled is requested until PropelAuth answers that they are enabled, and then no more', async () => {
    const scenario = await Scenario.start(live);
    await scenario.send('user.disabled');
    for (const [seconds, questions] of [
      [70, 1],
      [300, 1],
      [10_000, 1],
    ] as const) {
      scenario.pass(seconds);
      await scenario.get('/token', scenario.tokens.issue(inAcme)).expect(200);
      expect(scenario.questions).toBe(questions);
    }
  });

  it('that was disabled is requested again after a response to a request from before the event', async () => {
    const scenario = await Scenario.start(live);
    await scenario.send('user.role_changed_within_org', { user_id: userId, org_id: ACME_ID });
    scenario.pass(3);
    await scenario.get('/me', scenario.tokens.issue(inAcme)).expect(200);
    await scenario.api.disableUser(userId);
    await scenario.send('user.disabled');
    scenario.pass(70);
    expect(await scenario.reasonOf('/token', scenario.tokens.issue(inAcme))).toBe('token_revoked');
  });

  it.each<[string, string, object]>([
    ['was removed from', 'user.removed_from_org', { removed_user_id: userId, org_id: ACME_ID }],
    ['was in, which is deleted,', 'org.deleted', { org_id: ACME_ID }],
  ])(
    'gets 401 at once with a token for the organization that it %s, whatever the rule, even if PropelAuth still returns the previous state',
    async (_what, event, fields) => {
      const scenario = await Scenario.start(live);
      const token = scenario.tokens.issue(inAcme);
      await scenario.get(`/orgs/${ACME_ID}`, token).expect(200);
      await scenario.send(event, fields);
      for (const path of [`/orgs/${ACME_ID}`, '/me', '/token']) {
        expect(await scenario.reasonOf(path, token)).toBe('token_revoked');
      }
      const other = scenario.tokens.issue({ userId, orgId: GLOBEX_ID });
      await scenario.get(`/orgs/${GLOBEX_ID}`, other).expect(200);
    },
  );

  it('is not requested after changes of others', async () => {
    const scenario = await Scenario.start(live);
    await scenario.get('/me', scenario.tokens.issue(inAcme)).expect(200);
    await scenario.send('user.disabled', { user_id: randomUUID() });
    await scenario.send('org.deleted', { org_id: GLOBEX_ID });
    await scenario.get('/me', scenario.tokens.issue(inAcme)).expect(200);
    expect(scenario.questions).toBe(1);
  });

  it('shares responses and requests with access tokens of the same user', async () => {
    const scenario = await Scenario.start(live);
    await scenario.send('user.role_changed_within_org', { user_id: userId, org_id: ACME_ID });
    scenario.pass(2);
    await Promise.all([
      scenario.propelAuthService.validateAccessToken(await issuer.accessToken(alice)),
      scenario.get('/me', scenario.tokens.issue(inAcme)).expect(200),
    ]);
    expect(scenario.questions).toBe(1);
  });

  it.each<[string, number | null, number]>([
    ['after the start, within the last hour', NOW / 1000, 0],
    ['within a minute of the start, within the clock difference', NOW / 1000 - 3_545, 1],
    ['before the start', NOW / 1000 - 3_601, 1],
    ['two minutes from now', NOW / 1000 + 120, 1],
    ['at an unknown time', null, 1],
  ])(
    'is requested for every handler for a token that was issued %s',
    async (_what, issuedAt, questions) => {
      const scenario = await Scenario.start(live);
      await scenario.get('/token', scenario.tokens.issue(inAcme, issuedAt)).expect(200);
      expect(scenario.questions).toBe(questions);
    },
  );

  it.each([
    ['is not requested for a token that lives for an hour', 3_600, undefined],
    ['is requested for one that lives longer, in case an event was lost', 3_601, 'token_revoked'],
  ])('%s', async (_what, seconds, reason) => {
    const scenario = await Scenario.start(live);
    const expiresAt = NOW / 1000 + seconds;
    await scenario.api.disableUser(userId);
    const token = scenario.tokens.issue({ ...inAcme, expiresAt });
    expect(await scenario.reasonOf('/token', token)).toBe(reason);
  });

  it('is not requested for a token that was issued after the change', async () => {
    const scenario = await Scenario.start(live);
    await scenario.send('user.role_changed_within_org', { user_id: userId, org_id: ACME_ID });
    scenario.pass(70);
    await scenario.get('/token', scenario.tokens.issue(inAcme)).expect(200);
    expect(scenario.questions).toBe(0);
  });
});
