import { OrgMemberInfo, type UserClass } from '@propelauth/node-apis';
import { fake } from '../../test/support/fake.js';
import { ACME_ID, GLOBEX_ID } from '../../test/support/project.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import { ApiKeyCaller } from './api-key/api-key-caller.js';
import type { ApiKey, ApiKeyKind } from '../types/api-key.js';
import type { ApiKeyLookUps } from './api-key/api-key-look-ups.js';
import type { Call } from '../transports/call.js';
import type { DescribedCaller } from '../types/caller.js';
import { IdentifiedCaller } from './caller-identifier.js';
import type { CoreKind } from './core-kind.js';
import { ApiKeyCallerKind } from './api-key/api-key-caller-kind.js';
import { UserCallerKind } from './user/user-caller-kind.js';
import { McpCaller, McpCallerKind } from '../mcp/callers/mcp-caller-kind.js';

const membershipIn = (orgId: string): OrgMemberInfo =>
  new OrgMemberInfo(orgId, 'Acme Inc', {}, 'acme', 'Owner', ['Owner'], ['can_edit_billing']);

const acme = membershipIn(ACME_ID);
const alice = { userId: 'user-alice' };
const org = { orgId: ACME_ID, name: 'Acme Inc', metadata: { plan: 'pro' } };

const apiKeyCaller = (validation: object): ApiKeyCaller => new ApiKeyCaller(validation as ApiKey);

function mcpCaller(orgId: string | undefined, ...orgs: OrgMemberInfo[]): McpCaller {
  const orgIdToUserOrgInfo = Object.fromEntries(orgs.map((one) => [one.orgId, one]));
  const user = { ...alice, orgIdToUserOrgInfo } as unknown as UserClass;
  return new McpCaller({ ...alice, orgId } as unknown as McpToken, user);
}

describe('An API key', () => {
  it.each([
    ['of a member has the access of the member', { user: alice, org, userInOrg: acme }, [acme]],
    ['of a user is in no organization', { user: alice }, []],
    ['of a former member is in none', { user: alice, org }, []],
    [
      'with a membership of another organization is in none',
      { user: alice, org, userInOrg: membershipIn(GLOBEX_ID) },
      [],
    ],
    ['with a membership and no organization is in none', { user: alice, userInOrg: acme }, []],
  ])('%s', (_what, validation, memberships) => {
    expect(Object.values(apiKeyCaller(validation).memberships)).toEqual(memberships);
  });

  it('of an organization belongs to it, without a role and permissions', () => {
    const { memberships } = apiKeyCaller({ org });
    expect(Object.keys(memberships)).toEqual([ACME_ID]);
    const membership = memberships[ACME_ID] as OrgMemberInfo;
    expect(membership).toMatchObject({ orgId: ACME_ID, orgMetadata: { plan: 'pro' } });
    expect([membership.userAssignedRole, membership.userPermissions]).toEqual(['', []]);
    expect(membership).toMatchObject({
      userInheritedRolesPlusCurrentRole: [],
      userAssignedAdditionalRoles: [],
    });
    expect(membership.isRole('Owner') || membership.isAtLeastRole('Member')).toBe(false);
    expect(membership.hasPermission('can_edit_billing')).toBe(false);
    expect(Object.isFrozen(membership)).toBe(true);
  });

  it.each([
    ['name', { name: 'Acme Inc' }, 'Acme Inc', ''],
    ['orgName', { name: undefined, orgName: 'Acme Inc' }, 'Acme Inc', ''],
    ['urlSafeOrgName', { urlSafeOrgName: 'acme' }, 'Acme Inc', 'acme'],
    ['neither', { name: 7, urlSafeOrgName: {} }, '', ''],
  ])('of an organization has the name that PropelAuth returns: %s', (_by, names, name, urlSafe) => {
    const membership = apiKeyCaller({ org: { ...org, ...names } }).memberships[ACME_ID];
    expect(membership).toMatchObject({ orgName: name, urlSafeOrgName: urlSafe });
  });
});

/** The kind of API keys, when PropelAuth knows this of one. */
const apiKeyOf = (validation: object) =>
  new ApiKeyCallerKind(
    fake<ApiKeyLookUps>({
      lookUps: fake<ApiKeyLookUps['lookUps']>({ recall: () => validation as ApiKey }),
      callerKeyOf: (text) => `key of ${text}`,
    }),
  );

describe('The kind of API keys', () => {
  it.each<[ApiKeyKind | undefined, string]>([
    [undefined, 'API key'],
    ['personal', 'personal API key'],
    ['org', 'organization API key'],
    ['generic', 'generic API key'],
    ['imported', 'imported API key'],
  ])('is called by the keys that a handler accepts: %s', (only, words) => {
    expect(apiKeyOf({}).inWords(only)).toBe(words);
  });

  it('says in OpenAPI documents where a key can be', () => {
    expect(apiKeyOf({}).describeScheme()).toBe(
      'One of your API keys, for scripts. You can send it in `Authorization: Bearer` instead, but only in one of the two headers.',
    );
  });

  it.each<[string, object, string | undefined]>([
    ['a user', { user: alice }, undefined],
    ['an organization', { org }, undefined],
    ['a member', { user: alice, org, userInOrg: acme }, undefined],
    ['nobody', {}, 'key of text'],
  ])(
    'tells a key apart by its text only if it belongs to nobody: %s',
    (_whose, validation, key) => {
      const kind = apiKeyOf(validation);
      const caller = kind.recall('text');
      expect(caller && kind.keyOf(caller)).toBe(key);
      expect(caller).toBeInstanceOf(ApiKeyCaller);
    },
  );

  it('does not recall the key of a former member', () => {
    expect(apiKeyOf({ user: alice, org }).recall('text')).toBeUndefined();
  });

  it('takes nobody for a former member whom it does not know', () => {
    const { isOfFormerMember } = apiKeyCaller({ org, userInOrg: membershipIn(GLOBEX_ID) });
    expect(isOfFormerMember).toBe(false);
  });
});

describe('An MCP client', () => {
  it('is in the organization of its token only, with the current access of the user', () => {
    const caller = mcpCaller(ACME_ID, acme, membershipIn(GLOBEX_ID));
    expect(caller.memberships).toEqual({ [ACME_ID]: acme });
  });

  it.each([
    ['if its token has none', mcpCaller(undefined, acme)],
    ['if the user has left it', mcpCaller(GLOBEX_ID, acme)],
    ['if it is named like a property of every object', mcpCaller('constructor', acme)],
    ['without a user', new McpCaller({ ...alice, orgId: ACME_ID } as unknown as McpToken)],
    [
      'if the user has none',
      new McpCaller({ orgId: ACME_ID } as unknown as McpToken, alice as unknown as UserClass),
    ],
  ])('is in no organization %s', (_what, caller) => {
    expect(caller.memberships).toEqual({});
  });
});

describe('A caller', () => {
  const user = { ...alice, getActiveOrgId: () => ACME_ID } as unknown as UserClass;
  const token = { ...alice, orgId: ACME_ID } as unknown as McpToken;
  const apiKey = { kind: 'org', user: alice, org } as unknown as ApiKey;

  it.each<[string, DescribedCaller, object]>([
    [
      'a user',
      UserCallerKind.prototype.describe({ user, validUntil: 0 }),
      { userId: 'user-alice', orgId: ACME_ID, user },
    ],
    [
      'an API key',
      ApiKeyCallerKind.prototype.describe(new ApiKeyCaller(apiKey)),
      { userId: 'user-alice', orgId: ACME_ID, apiKey },
    ],
    [
      'an API key without an owner',
      ApiKeyCallerKind.prototype.describe(apiKeyCaller({ kind: 'generic' })),
      { userId: undefined, orgId: undefined, apiKey: { kind: 'generic' } },
    ],
    [
      'an MCP client, without a user whom its handler does not need',
      McpCallerKind.prototype.describe(new McpCaller(token, user)),
      { userId: 'user-alice', orgId: ACME_ID, mcp: token },
    ],
    [
      'an MCP client with its user',
      McpCallerKind.prototype.describe(new McpCaller(token, user, undefined, true)),
      { userId: 'user-alice', orgId: ACME_ID, mcp: token, user },
    ],
  ])('has the ids of the user and the organization: %s', (_who, described, caller) => {
    expect(described).toStrictEqual(caller);
  });

  it.each([
    [{ userId: 'user-alice', orgId: ACME_ID }, 'user:user-alice'],
    [{ orgId: ACME_ID }, `org:${ACME_ID}`],
    [{}, 'service:own key'],
  ])('has the key of the user, else of the organization, else its own: %j', (ids, key) => {
    const kind = { name: 'service', keyOf: () => 'own key', describe: () => ids };
    expect(new IdentifiedCaller(kind as unknown as CoreKind, {}).key).toBe(key);
  });

  it('of a kind that says nothing more has nothing more', async () => {
    const kind = fake<CoreKind>({ name: 'service', describe: () => ({ identity: {} }) });
    const caller = new IdentifiedCaller(kind, {});
    const call = fake<Call>({});
    expect(caller).toMatchObject({ user: null, scopes: [], metadata: undefined, key: undefined });
    expect(caller.impersonatorId).toBeUndefined();
    expect(caller.memberships(call)).toBeUndefined();
    expect(caller.withNewMemberships([], call)).toBeUndefined();
    expect(caller.access).toEqual({ userId: undefined, orgId: undefined, validUntil: undefined });
    expect(caller.reported).toStrictEqual({ credential: 'service', callerKey: undefined });
  });

  it('has the access that its kind reports, or else that of the user and organization in its description', () => {
    const described = { userId: 'user-alice', orgId: ACME_ID };
    const access = { ...described, validUntil: undefined };
    expect(new IdentifiedCaller(fake<CoreKind>({ describe: () => described }), {}).access).toEqual(
      access,
    );
    const ofKind = { ...access, validUntil: 1_000 };
    const kind = fake<CoreKind>({ describe: () => described, accessOf: () => ofKind });
    expect(new IdentifiedCaller(kind, {}).access).toBe(ofKind);
  });

  it('of an own kind has its own key, whoever stands behind it', () => {
    const described = { userId: 'user-alice', orgId: ACME_ID, identity: {} };
    const kind = fake<CoreKind>({ name: 'pat', describe: () => described, keyOf: () => '7' });
    expect(new IdentifiedCaller(kind, {}).key).toBe('pat:7');
  });

  it('stays the same object as long as its kind knows it as the same', async () => {
    const [before, after] = [{}, {}];
    const kind = fake<CoreKind>({ name: 'service', withNewMemberships: async () => after });
    const caller = new IdentifiedCaller(kind, before);
    expect(caller.with(before)).toBe(caller);
    const joined = await caller.withNewMemberships([], fake<Call>({}));
    expect(joined).not.toBe(caller);
    expect(joined?.identity).toBe(after);
  });
});
