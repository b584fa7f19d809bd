import type { PropelAuthApi } from 'nestjs-propelauth';
import {
  PROPELAUTH_EVENT_TYPES,
  type PropelAuthEventType,
} from '../../lib/propelauth/webhooks/propel-auth-event.js';
import { stopClock } from '../support/fake-timers.js';
import { ACME_ID, GLOBEX_ID } from '../support/project.js';
import { alice, HOUR, Instance, issuer, NOW, TestPropelAuth } from './instances.js';

const userId = issuer.userId(alice);
const inAcme = { userId, orgId: ACME_ID };

const ME = '/me';
const MEMBER = `/orgs/${ACME_ID}`;
const ADMIN = `/orgs/${ACME_ID}/admin`;
const OTHER_ORG = `/orgs/${GLOBEX_ID}`;

type Change = (api: PropelAuthApi) => Promise<unknown>;

const disable: Change = (api) => api.disableUser(userId);
const enable: Change = (api) => api.enableUser(userId);
const deleteUser: Change = (api) => api.deleteUser(userId);
const leave: Change = (api) => api.removeUserFromOrg(inAcme);
const demote: Change = (api) => api.changeUserRoleInOrg({ ...inAcme, role: 'Member' });
const enableAndDemote: Change = async (api) => [await enable(api), await demote(api)];
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
  ['user.enabled',                 ADMIN,     REVOKED, NO_ADMIN,  UNKNOWN,   enableAndDemote],
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

/** An instance that has run for an hour, and what alice gets there with her token. */
async function start(event: PropelAuthEventType) {
  stopClock(NOW - HOUR);
  const propelAuth = await TestPropelAuth.start();
  const instance = await Instance.start();
  jest.setSystemTime(NOW);
  const token = await issuer.accessToken(alice);
  const get = (path: string) => instance.answer(path, token);
  const send = async (type: PropelAuthEventType) =>
    expect(await instance.send(type, alice, { org_id: ACME_ID })).toBe(204);
  if (event === 'user.enabled') {
    await disable(propelAuth.api);
    await send('user.disabled');
    waitForThreeSeconds();
  }
  return { propelAuth, get, send };
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
      const { propelAuth, get, send } = await start(event);
      expect(await get(path)).toBe(before);
      await change(propelAuth.api);
      await send(event);
      // Until then, the denial of the earlier event may hold.
      if (event === 'user.enabled') waitForThreeSeconds();
      expect(await get(path)).toBe(after);
    },
  );

  it.each(EVENTS_OUT_OF_REACH)(
    'after %s, while PropelAuth cannot be reached: %s returned %s and returns %s',
    async (event, path, before, outOfReach, change) => {
      const { propelAuth, get, send } = await start(event);
      expect(await get(path)).toBe(before);
      await change(propelAuth.api);
      propelAuth.goAway();
      await send(event);
      expect(await get(path)).toBe(outOfReach);
      waitForThreeSeconds();
      expect(await get(path)).toBe(outOfReach);
    },
  );

  it.each(WITHOUT_EFFECT)(
    'after %s: nothing changes, without a request to PropelAuth',
    async (event) => {
      const { propelAuth, get, send } = await start(event);
      propelAuth.goAway();
      expect(await get(ADMIN)).toBe('200');
      await send(event);
      expect(await get(ADMIN)).toBe('200');
      expect(propelAuth.questions).toBe(0);
    },
  );
});
