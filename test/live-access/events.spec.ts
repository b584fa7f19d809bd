import { Controller, Get } from '@nestjs/common';
import {
  PropelAuthModule,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type PropelAuthApi,
} from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import {
  PROPELAUTH_EVENT_TYPES,
  type PropelAuthEventType,
} from '../../lib/propelauth/webhooks/propel-auth-event.js';
import { startApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { apiOf, emulatorOf } from '../support/emulator.js';
import { stopClock } from '../support/fake-timers.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID, ROLES } from '../support/project.js';

const NOW = Date.UTC(2026, 0, 1);

const issuer = await TestIssuer.create({ roles: ROLES });
const alice: TestUser = {
  email: 'alice@example.com',
  orgs: [
    { ...ACME, role: 'Admin' },
    { ...GLOBEX, role: 'Member' },
  ],
};
const userId = issuer.userId(alice);
const inAcme = { userId, orgId: ACME_ID };

const ME = '/me';
const MEMBER = `/orgs/${ACME_ID}`;
const ADMIN = `/orgs/${ACME_ID}/admin`;
const OTHER_ORG = `/orgs/${GLOBEX_ID}`;

@Controller()
class AccessController {
  @Get('me')
  @RequireUser()
  me() {}

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org() {}

  @Get('orgs/:orgId/admin')
  @RequireOrgRole('Admin')
  admin() {}
}

type Change = (api: PropelAuthApi) => Promise<unknown>;

const disable: Change = (api) => api.disableUser(userId);
const enable: Change = (api) => api.enableUser(userId);
const deleteUser: Change = (api) => api.deleteUser(userId);
const leave: Change = (api) => api.removeUserFromOrg(inAcme);
const demote: Change = (api) => api.changeUserRoleInOrg({ ...inAcme, role: 'Member' });
const deleteOrg: Change = (api) => api.deleteOrg(ACME_ID);

const REVOKED = '401 token_revoked';
const NO_MEMBER = '403 not_a_member';
const NO_ADMIN = '403 role_missing';
const UNKNOWN = '503 propelauth_unavailable';

/** What alice gets with one and the same token, and what she gets instead while PropelAuth cannot be reached. */
type Row = [
  event: PropelAuthEventType,
  path: string,
  before: string,
  after: string,
  outOfReach: string,
  change: Change,
];

// prettier-ignore
const EVENTS: Row[] = [
  ['user.disabled',                ME,        '200',   REVOKED,   REVOKED,   disable],
  ['user.disabled',                MEMBER,    '200',   REVOKED,   REVOKED,   disable],
  ['user.enabled',                 ME,        REVOKED, '200',     UNKNOWN,   enable],
  ['user.deleted',                 ME,        '200',   REVOKED,   REVOKED,   deleteUser],
  ['user.removed_from_org',        MEMBER,    '200',   NO_MEMBER, UNKNOWN,   leave],
  ['user.removed_from_org',        OTHER_ORG, '200',   '200',     UNKNOWN,   leave],
  ['user.role_changed_within_org', ADMIN,     '200',   NO_ADMIN,  UNKNOWN,   demote],
  ['user.role_changed_within_org', MEMBER,    '200',   '200',     UNKNOWN,   demote],
  ['user.added_to_scim_group',     ADMIN,     '200',   NO_ADMIN,  UNKNOWN,   demote],
  ['user.added_to_scim_group',     MEMBER,    '200',   NO_MEMBER, UNKNOWN,   leave],
  ['user.removed_from_scim_group', ADMIN,     '200',   NO_ADMIN,  UNKNOWN,   demote],
  ['user.removed_from_scim_group', MEMBER,    '200',   NO_MEMBER, UNKNOWN,   leave],
  ['org.deleted',                  MEMBER,    '200',   NO_MEMBER, NO_MEMBER, deleteOrg],
  ['org.deleted',                  OTHER_ORG, '200',   '200',     '200',     deleteOrg],
];

const EVENTS_OUT_OF_REACH = EVENTS.map(
  ([event, path, before, _after, outOfReach, change]) =>
    [event, path, before, outOfReach, change] as const,
);

const WITHOUT_EFFECT = PROPELAUTH_EVENT_TYPES.filter((type) =>
  EVENTS.every(([event]) => event !== type),
);

/** An application that has run for an hour, and alice's token. */
class Scenario {
  private constructor(
    readonly api: PropelAuthApi,
    readonly leaveReach: () => Promise<void>,
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async start(): Promise<Scenario> {
    stopClock(NOW - 3_600_000);
    const emulator = emulatorOf(issuer, [alice]);
    const api = apiOf(emulator);
    const server = await emulator.listen();
    registerCleanup(() => server.close());
    const { url } = await startApplication({
      imports: [
        PropelAuthModule.forRoot({
          ...issuer.moduleOptions,
          apiUrl: server.url,
          webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
          plugins: [liveAccess()],
          debugMode: true,
        }),
      ],
      controllers: [AccessController],
    });
    jest.setSystemTime(NOW);
    return new Scenario(api, () => server.close(), url, await issuer.accessToken(alice));
  }

  /** Brings alice to where an event finds her. */
  async prepare(event: PropelAuthEventType): Promise<void> {
    if (event !== 'user.enabled') return;
    await disable(this.api);
    await this.send('user.disabled');
    waitForThreeSeconds();
  }

  async send(event_type: PropelAuthEventType): Promise<void> {
    const event = { event_type, user_id: userId, org_id: ACME_ID };
    const { headers, body } = issuer.webhook(event);
    await supertest(this.url).post('/webhooks').set(headers).send(body).expect(204);
  }

  /** @returns the status and the reason */
  async get(path: string): Promise<string> {
    const request = supertest(this.url).get(path).set('Authorization', `Bearer ${this.token}`);
    const { status, body } = await request;
    const { reason } = body as { reason?: string };
    return reason === undefined ? String(status) : `${status} ${reason}`;
  }
}

// Taken before it is faked.
const now = performance.now.bind(performance);

function waitForThreeSeconds(): void {
  const skipped = performance.now() - now() + 3_000;
  jest.spyOn(performance, 'now').mockImplementation(() => now() + skipped);
}

describe('Live access', () => {
  it.each(EVENTS)(
    'after %s: %s returned %s and returns %s',
    async (event, path, before, after, _outOfReach, change) => {
      const scenario = await Scenario.start();
      await scenario.prepare(event);
      expect(await scenario.get(path)).toBe(before);
      await change(scenario.api);
      await scenario.send(event);
      // Until then, the denial of the earlier event may hold.
      if (event === 'user.enabled') waitForThreeSeconds();
      expect(await scenario.get(path)).toBe(after);
    },
  );

  it.each(EVENTS_OUT_OF_REACH)(
    'after %s, while PropelAuth cannot be reached: %s returned %s and returns %s',
    async (event, path, before, outOfReach, change) => {
      const scenario = await Scenario.start();
      await scenario.prepare(event);
      expect(await scenario.get(path)).toBe(before);
      await change(scenario.api);
      await scenario.leaveReach();
      await scenario.send(event);
      expect(await scenario.get(path)).toBe(outOfReach);
      waitForThreeSeconds();
      expect(await scenario.get(path)).toBe(outOfReach);
    },
  );

  it.each(WITHOUT_EFFECT)(
    'after %s: nothing changes, without a request to PropelAuth',
    async (event) => {
      const scenario = await Scenario.start();
      await scenario.leaveReach();
      expect(await scenario.get(ADMIN)).toBe('200');
      await scenario.send(event);
      expect(await scenario.get(ADMIN)).toBe('200');
    },
  );
});
