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
} from 'nestjs-propelauth';
import {
  liveAccess,
  type AccessChanges,
  type AccessChangesFollower,
  type AccessChangesListener,
} from 'nestjs-propelauth/live-access';
import { mcpServer, RequireMcpToken } from 'nestjs-propelauth/mcp';
import type { TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { ChangeEntries } from '../../lib/live-access/change-entries.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { systemClock } from '../../lib/values/clock.js';
import { issuer, NOW } from '../transports/live-application.js';
import { startApplication, type RunningApplication } from '../support/application.js';
import { apiOf, emulatorOf } from '../support/emulator.js';
import { stopClock } from '../support/fake-timers.js';
import type { PropelAuthOptions } from '../support/guarded-application.js';
import { mcp } from '../support/mcp-options.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID } from '../support/project.js';
import { KnownMcpTokens } from './known-mcp-tokens.js';

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
  @Get('token')
  token() {}

  @Get('me')
  me(@CurrentUser() user: User) {
    latestUser = user;
  }

  @Get('orgs/:orgId')
  @RequireOrgMember({ org })
  member() {}

  @Get('orgs/:orgId/admin')
  @RequireOrgRole('Admin', { org })
  admin() {}
}

const PATHS: Record<string, string> = {
  token: '/token',
  me: '/me',
  acme: `/orgs/${ACME_ID}`,
  globex: `/orgs/${GLOBEX_ID}`,
  admin: `/orgs/${ACME_ID}/admin`,
};

/** An application with an MCP server that has run for an hour, and PropelAuth. */
class Scenario {
  readonly tokens = new KnownMcpTokens();
  /** What PropelAuth was asked, in order. */
  readonly questions: string[] = [];
  isUnreachable = false;
  token = '';
  private readonly emulator = emulatorOf(issuer, [alice]);
  readonly api = apiOf(this.emulator);
  private running!: RunningApplication;
  private seconds = 0;

  private constructor() {}

  static async start(options: Partial<PropelAuthOptions> = {}): Promise<Scenario> {
    const scenario = new Scenario();
    stopClock(NOW - 3_600_000);
    jest.spyOn(systemClock, 'monotonicSeconds').mockImplementation(() => scenario.seconds);
    const { plugins = [mcpServer(mcp)], ...others } = options;
    const moduleOptions = { ...issuer.moduleOptions, debugMode: true, ...others };
    const resolved = new ResolvedOptions(moduleOptions, scenario.fetch);
    scenario.running = await startApplication(
      {
        imports: [PropelAuthModule.forRoot({ ...moduleOptions, plugins })],
        controllers: [ToolsController],
      },
      undefined,
      (builder) => {
        builder.overrideProvider(ResolvedOptions).useValue(resolved);
        return scenario.tokens.override(builder);
      },
    );
    scenario.pass(3_600);
    scenario.use(inAcme);
    return scenario;
  }

  private readonly fetch: typeof globalThis.fetch = async (...asked) => {
    const request = new Request(...asked);
    const { pathname, search } = new URL(request.url);
    this.questions.push(`${request.method} ${pathname}${search}`);
    return this.isUnreachable ? new Response('', { status: 500 }) : this.emulator.handle(request);
  };

  get service(): PropelAuthService {
    return this.running.app.get(PropelAuthService);
  }

  /** Has time pass, in seconds. */
  pass(seconds: number): void {
    this.seconds += seconds;
    jest.setSystemTime(Date.now() + seconds * 1000);
  }

  /** Has the client use another token from here on. */
  use(...fields: Parameters<KnownMcpTokens['issue']>): void {
    this.token = this.tokens.issue(...fields);
  }

  /** Why a call is rejected, or that it is not. */
  async outcomeOf(path: string, token = this.token): Promise<string> {
    const call = supertest(this.running.url).get(PATHS[path]!);
    const { status, body } = await call.auth(token, { type: 'bearer' });
    return status === 200 ? 'allowed' : (body as { reason: string }).reason;
  }

  async send(event_type: string, fields: object): Promise<void> {
    const { headers, body } = issuer.webhook({ event_type, ...fields });
    await supertest(this.running.url).post('/webhooks').set(headers).send(body).expect(204);
  }
}

/** What happens, by its name in a course. */
const STEPS: Record<string, (scenario: Scenario) => unknown> = {
  // At PropelAuth.
  disable: ({ api }) => api.disableUser(userId),
  delete: ({ api }) => api.deleteUser(userId),
  demote: ({ api }) => api.changeUserRoleInOrg({ ...inAcme, role: 'Member' }),
  leave: ({ api }) => api.removeUserFromOrg(inAcme),
  join: ({ api }) => api.addUserToOrg({ ...inAcme, role: 'Member' }),
  outage: (scenario) => (scenario.isUnreachable = true),

  // The events that it sends.
  'user.disabled': (scenario) => scenario.send('user.disabled', { user_id: userId }),
  'user.deleted': (scenario) => scenario.send('user.deleted', { user_id: userId }),
  'user.enabled': (scenario) => scenario.send('user.enabled', { user_id: userId }),
  'role changed': (scenario) =>
    scenario.send('user.role_changed_within_org', { user_id: userId, org_id: ACME_ID }),
  added: (scenario) =>
    scenario.send('user.added_to_org', { user_id: userId, org_id: ACME_ID, role: 'Admin' }),
  removed: (scenario) =>
    scenario.send('user.removed_from_org', { removed_user_id: userId, org_id: ACME_ID }),
  'acme deleted': (scenario) => scenario.send('org.deleted', { org_id: ACME_ID }),
  'globex deleted': (scenario) => scenario.send('org.deleted', { org_id: GLOBEX_ID }),
  'another disabled': (scenario) => scenario.send('user.disabled', { user_id: randomUUID() }),

  // The token that the client has from here on.
  'new token': (scenario) => scenario.use(inAcme),
  'undated token': (scenario) => scenario.use(inAcme, null),
  'token of 5,000 s ago': (scenario) => scenario.use(inAcme, NOW / 1000 - 5_000),
  'token without org': (scenario) => scenario.use({ userId }),
  'token for globex': (scenario) => scenario.use({ userId, orgId: GLOBEX_ID }),
  'token for a foreign org': (scenario) => scenario.use({ userId, orgId: randomUUID() }),
};

/**
 * Has everything of a course happen, in order: steps of the table, such as `disable`; time that passes, such as `29.9 s`; calls that are
 * allowed, such as `me`, or rejected, such as `me: token_revoked`; and how often PropelAuth has been asked since the start, such as
 * `asked 2`.
 */
async function expectCourse(course: string, scenario: Scenario): Promise<void> {
  const happened: string[] = [];
  for (const step of course.split('; ')) happened.push(await happen(step, scenario));
  expect(happened.join('; ')).toBe(course);
}

/** @returns the step as it turned out */
async function happen(step: string, scenario: Scenario): Promise<string> {
  const [, seconds] = /^([\d.]+) s$/.exec(step) ?? [];
  if (seconds !== undefined) scenario.pass(Number(seconds));
  if (step in STEPS) await STEPS[step]?.(scenario);
  if (seconds !== undefined || step in STEPS) return step;
  if (step.startsWith('asked ')) return `asked ${scenario.questions.length}`;
  const [path = ''] = step.split(':');
  const outcome = await scenario.outcomeOf(path);
  return outcome === 'allowed' ? path : `${path}: ${outcome}`;
}

const live = {
  webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
  plugins: [mcpServer(mcp), liveAccess()],
} as const;

describe('The user of an MCP token', () => {
  it('has the one organization of the token, as the active one, with the user’s state from PropelAuth’s backend', async () => {
    const scenario = await Scenario.start();
    expect(await scenario.outcomeOf('me')).toBe('allowed');
    expect(scenario.questions).toEqual([`GET /api/backend/v1/user/${userId}?include_orgs=true`]);
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
    expect(user.isAtLeastRole(ACME_ID, 'Member')).toBe(true);
    expect(user.isRole(GLOBEX_ID, 'Member')).toBe(false);

    // Callers who share the user cannot change it.
    const { properties, orgIdToUserOrgInfo } = user;
    const { userPermissions, orgMetadata } = orgIdToUserOrgInfo![ACME_ID]!;
    const parts = [user, properties, properties!['tags'], orgIdToUserOrgInfo, userPermissions];
    for (const part of [...parts, orgMetadata['tier']]) expect(Object.isFrozen(part)).toBe(true);
  });

  it('has no organization with a token without one', async () => {
    const scenario = await Scenario.start();
    await expectCourse('token without org; me; acme: not_a_member', scenario);
    expect([latestUser!.getOrgs(), latestUser!.activeOrgId]).toEqual([[], undefined]);
  });

  it('is requested once for concurrent calls, with any tokens', async () => {
    const scenario = await Scenario.start();
    const tokens = Array.from({ length: 20 }, (_, number) =>
      scenario.tokens.issue({ userId, orgId: number % 2 === 0 ? ACME_ID : GLOBEX_ID }),
    );
    const outcomes = await Promise.all(tokens.map((token) => scenario.outcomeOf('me', token)));
    expect(new Set(outcomes)).toEqual(new Set(['allowed']));
    expect(scenario.questions).toHaveLength(1);
  });
});

describe('Without liveAccess, the user of an MCP token', () => {
  it.each([
    ['is requested only if a rule or @CurrentUser() needs it', 'token; asked 0; admin; asked 1'],
    [
      'is not requested for other handlers, whenever the token was issued',
      'token of 5,000 s ago; token; undated token; token; asked 0',
    ],
    ['has no access to a foreign organization', 'token for a foreign org; me: token_revoked'],
    ['has no access once disabled', 'disable; me: token_revoked'],
    ['has no access once deleted', 'delete; me: token_revoked'],
    [
      'is unknown during an outage, requested once a second, and unimportant to other handlers',
      'outage; me: propelauth_unavailable; 0.9 s; me: propelauth_unavailable; asked 1; ' +
        '0.1 s; me: propelauth_unavailable; asked 2; token',
    ],
    [
      'is requested again after 30 seconds, and then has the current access',
      'admin; demote; 29.9 s; admin; asked 1; 0.1 s; admin: role_missing; ' +
        'disable; 30 s; admin: token_revoked; asked 3',
    ],
  ])('%s', async (_what, course) => {
    await expectCourse(course, await Scenario.start());
  });
});

describe('With liveAccess, the user of an MCP token', () => {
  it.each([
    ['is requested again after an hour', 'me; 3599.9 s; me; asked 1; 0.1 s; me; asked 2'],
    [
      'gets new access after 30 seconds, because no event announces it',
      'leave; acme: token_revoked; join; 29.9 s; acme: token_revoked; asked 1; 0.1 s; acme',
    ],
    [
      'has the new role on the next call after the event',
      'admin; demote; 1 s; role changed; admin: role_missing',
    ],
    [
      'is requested once, and once again when a response is settled, two seconds after the event',
      'role changed; me; 1.9 s; me; asked 1; 0.1 s; me; asked 2; 5 s; me; asked 2',
    ],
    [
      'is rejected after user.disabled, whatever the rule, without a request',
      'token; user.disabled; token: token_revoked; me: token_revoked; acme: token_revoked; asked 0',
    ],
    [
      'is rejected after user.deleted, whatever the rule, without a request',
      'token; user.deleted; token: token_revoked; me: token_revoked; acme: token_revoked; asked 0',
    ],
    [
      'stays rejected while PropelAuth cannot be reached',
      'me; user.disabled; outage; 100 s; token: token_revoked; 400 s; token: token_revoked',
    ],
    [
      'is accepted again after user.enabled, within three seconds',
      'user.disabled; user.enabled; token: token_revoked; 3 s; token; asked 1',
    ],
    [
      'that was disabled is requested until PropelAuth answers that they are enabled, and then no more',
      'user.disabled; 70 s; new token; token; asked 1; 300 s; new token; token; 10000 s; new token; token; asked 1',
    ],
    [
      'that was disabled is requested again after a response to a request from before the event',
      'role changed; 3 s; me; disable; user.disabled; 70 s; new token; token: token_revoked',
    ],
    [
      'loses the organization that it was removed from, whatever the rule and the previous state, and no other',
      'acme; removed; acme: token_revoked; me: token_revoked; token: token_revoked; token for globex; globex',
    ],
    [
      'loses an organization that is deleted, whatever the rule and the previous state, and no other',
      'acme; acme deleted; acme: token_revoked; me: token_revoked; token: token_revoked; token for globex; globex',
    ],
    [
      'is not requested after changes of others',
      'me; another disabled; globex deleted; me; asked 1',
    ],
    [
      'is not requested for a token that was issued after the change',
      'role changed; 70 s; new token; token; asked 0',
    ],
  ])('%s', async (_what, course) => {
    await expectCourse(course, await Scenario.start(live));
  });

  it('shares requests with access tokens of the same user', async () => {
    const scenario = await Scenario.start(live);
    await expectCourse('role changed; 2 s', scenario);
    const accessToken = await issuer.accessToken(alice);
    await Promise.all([
      scenario.service.validateAccessToken(accessToken),
      expectCourse('me', scenario),
    ]);
    await expectCourse('asked 1', scenario);
  });

  it.each<[string, number | null, number]>([
    ['after the start, within the last hour', NOW / 1000, 0],
    ['within a minute of the start, within the clock difference', NOW / 1000 - 3_545, 1],
    ['before the start', NOW / 1000 - 3_601, 1],
    ['two minutes from now', NOW / 1000 + 120, 1],
    ['at an unknown time', null, 1],
  ])('is requested for every handler for a token issued %s', async (_when, issuedAt, questions) => {
    const scenario = await Scenario.start(live);
    scenario.use(inAcme, issuedAt);
    await expectCourse(`token; asked ${questions}`, scenario);
  });

  it.each([
    ['is not requested for a token that lives for an hour', 3_600, 'token'],
    ['is requested for one that lives longer: an event may be lost', 3_601, 'token: token_revoked'],
  ])('%s', async (_what, seconds, course) => {
    const scenario = await Scenario.start(live);
    scenario.use({ ...inAcme, expiresAt: NOW / 1000 + seconds });
    await expectCourse(`disable; ${course}`, scenario);
  });
});

/** What another instance writes into the log that all of them read. */
class SharedLog implements AccessChanges {
  private readonly listeners: AccessChangesListener[] = [];

  async publish(): Promise<void> {}

  follow(listener: AccessChangesListener): AccessChangesFollower {
    this.listeners.push(listener);
    listener.onGap();
    return { close: () => undefined };
  }

  tellOf(event_type: string): void {
    const event = { event_type, user_id: userId };
    const entries = new ChangeEntries([issuer.webhookSecret]);
    const entry = entries.seal({ id: randomUUID(), event, knownAt: Date.now() / 1000 });
    for (const { onChange } of this.listeners) onChange(entry);
  }
}

describe.each([
  ['user.disabled', 'disable'],
  ['user.deleted', 'delete'],
])('Access that is lost with %s', (event, lose) => {
  const stillLost = '70 s; new token; token: token_revoked';

  it.each([
    ['when an older user.enabled is sent late', `user.enabled; ${stillLost}`],
    [
      'when other events about the user are sent late, too',
      `user.enabled; 70 s; user.enabled; role changed; added; ${stillLost}`,
    ],
    [
      'when an older user.enabled is sent late while PropelAuth cannot be reached',
      `outage; user.enabled; 70 s; new token; token: propelauth_unavailable; ${event}; token: token_revoked`,
    ],
    [
      'when events about others have come for hours',
      `7200 s; another disabled; another disabled; ${stillLost}`,
    ],
  ])('stays lost for refreshed tokens %s', async (_when, course) => {
    await expectCourse(`${lose}; ${event}; ${course}`, await Scenario.start(live));
  });

  it.each([
    ['before', ['user.enabled', event]],
    ['after', [event, 'user.enabled']],
  ])('stays lost when another instance tells of user.enabled %s it', async (_when, told) => {
    const changes = new SharedLog();
    const plugins = [mcpServer(mcp), liveAccess({ changes })];
    const scenario = await Scenario.start({ ...live, plugins });
    await expectCourse(lose, scenario);
    for (const type of told) changes.tellOf(type);
    await expectCourse(stillLost, scenario);
  });
});
