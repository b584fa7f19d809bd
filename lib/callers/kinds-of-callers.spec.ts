import { OrgMemberInfo, type UserClass } from '@propelauth/node-apis';
import { fake } from '../../test/support/fake.js';
import { ACME_ID, GLOBEX_ID } from '../../test/support/project.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import type { Call } from '../transports/call.js';
import type { DescribedCaller } from '../types/caller.js';
import { IdentifiedCaller } from './caller-identifier.js';
import type { CoreKind } from './core-kind.js';
import { UserCallerKind } from './user/user-caller-kind.js';
import { McpCaller, McpCallerKind } from '../mcp/callers/mcp-caller-kind.js';

const membershipIn = (orgId: string): OrgMemberInfo =>
  new OrgMemberInfo(orgId, 'Acme Inc', {}, 'acme', 'Owner', ['Owner'], ['can_edit_billing']);

const acme = membershipIn(ACME_ID);
const alice = { userId: 'user-alice' };

function mcpCaller(orgId: string | undefined, ...orgs: OrgMemberInfo[]): McpCaller {
  const orgIdToUserOrgInfo = Object.fromEntries(orgs.map((one) => [one.orgId, one]));
  const user = { ...alice, orgIdToUserOrgInfo } as unknown as UserClass;
  return new McpCaller({ ...alice, orgId } as unknown as McpToken, user);
}

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

  it.each<[string, DescribedCaller, object]>([
    [
      'a user',
      UserCallerKind.prototype.describe({ user, validUntil: 0 }),
      { userId: 'user-alice', orgId: ACME_ID, user },
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
