import { activeOrg } from '../organizations/active-org.js';
import { orgFromHeader } from '../organizations/org-from-header.js';
import { orgFromParam } from '../organizations/org-from-param.js';
import { summaryOf } from './access-summary.js';
import { handlerAccessOf, OPEN_ACCESS, type HandlerAccess } from './handler-access.js';
import type { OrgRequirement } from './org-requirement.js';
import { DEFAULT_POLICY, UNTRACEABLE_POLICY } from './policy.js';
import { callersOfKinds, EVERYONE } from './callers.js';

const USER: HandlerAccess = { ...OPEN_ACCESS, access: 'user' };

const MEMBER: OrgRequirement = { kind: 'member' };
const ADMIN: OrgRequirement = { kind: 'role', role: 'Admin', exact: false };
const EXACTLY_OWNER: OrgRequirement = { kind: 'role', role: 'Owner', exact: true };
const OWNER_OR_BILLING: OrgRequirement = { kind: 'any-role', roles: ['Owner', 'Billing'] };
const VIEW_AND_PAY: OrgRequirement = { kind: 'permissions', permissions: ['view', 'pay'] };
const VIEW_OR_PAY: OrgRequirement = { kind: 'any-permission', permissions: ['view', 'pay'] };

/** The access of users for whom all of this is required of an organization that the path names. */
function inOrg(...orgRequirements: OrgRequirement[]): HandlerAccess {
  return { ...USER, orgRequirements, orgSources: [orgFromParam()] };
}

class InvoiceOrgSource {
  orgOf() {
    return undefined;
  }
}

describe('summaryOf()', () => {
  it.each<[string, Partial<HandlerAccess>]>([
    ['open', { access: 'open' }],
    ['public', { access: 'public' }],
    ['optional user', { access: 'optional' }],
    ['user', { access: 'user' }],
    ['user, org not checked', { access: 'user', uncheckedOrg: true }],
    [
      'members of the org in path orgId, other orgs not checked',
      { ...inOrg(MEMBER), uncheckedOrg: true },
    ],
    ['API key', { access: 'api-key' }],
    ['personal API key', { access: 'api-key', apiKeyKind: 'personal' }],
    ['organization API key', { access: 'api-key', apiKeyKind: 'org' }],
    ['user or API key', { access: 'user-or-api-key' }],
    ['user or personal API key', { access: 'user-or-api-key', apiKeyKind: 'personal' }],
    ['MCP client', { access: 'mcp' }],
    ['MCP client, with scope read:reports', { access: 'mcp', scopes: ['read:reports'] }],
    ['MCP client, with scope read and write', { access: 'mcp', scopes: ['read', 'write'] }],
    [
      'MCP client: Admin and above of the org in token, with scope read',
      { access: 'mcp', scopes: ['read'], orgRequirements: [ADMIN], orgSources: [activeOrg()] },
    ],
    ['nobody', { access: 'nobody' }],
    ['user, not impersonated', { deniesImpersonation: true }],
    [
      'user, with step-up for PAY, with step-up for DELETE_ACCOUNT',
      {
        stepUps: ['PAY', 'DELETE_ACCOUNT'].map((actionType) => ({ actionType, grantHeader: 'x' })),
      },
    ],
  ])('returns "%s"', (words, access) => {
    expect(summaryOf({ ...USER, ...access })).toBe(words);
  });

  it.each<[string, OrgRequirement[]]>([
    ['members', [MEMBER]],
    ['Admin and above', [ADMIN]],
    ['exactly Owner', [EXACTLY_OWNER]],
    ['Owner or Billing', [OWNER_OR_BILLING]],
    ['members with view and pay', [VIEW_AND_PAY]],
    ['members with view or pay', [VIEW_OR_PAY]],
    // Members are what all of them are.
    ['Admin and above', [ADMIN, MEMBER, ADMIN]],
    ['Admin and above with view and pay', [VIEW_AND_PAY, MEMBER, ADMIN]],
    ['Admin and above and exactly Owner', [ADMIN, EXACTLY_OWNER]],
    ['members with view and pay and with view or pay', [VIEW_AND_PAY, VIEW_OR_PAY]],
  ])('returns for an organization: %s', (words, requirements) => {
    expect(summaryOf(inOrg(...requirements))).toBe(`${words} of the org in path orgId`);
  });

  it('describes the members, unless they are users', () => {
    const members = 'members of the org in path orgId';
    expect(summaryOf({ ...inOrg(MEMBER), access: 'api-key' })).toBe(`API key: ${members}`);
    expect(summaryOf({ ...inOrg(MEMBER), access: 'user-or-api-key', apiKeyKind: 'org' })).toBe(
      `user or organization API key: ${members}`,
    );
    expect(summaryOf({ ...inOrg(MEMBER), access: 'nobody' })).toBe(`nobody: ${members}`);
  });

  it('lists every source of the organization', () => {
    const orgSources = [orgFromHeader('x-org-id'), activeOrg(), InvoiceOrgSource, () => undefined];
    expect(summaryOf({ ...inOrg(MEMBER), orgSources })).toBe(
      'members of the org in header x-org-id and token and that InvoiceOrgSource names and that the application names',
    );
  });

  it('says that a source of the application finds the organization by the value that it reads', () => {
    class TaskOrgSource extends InvoiceOrgSource {
      static readonly reads = { from: 'path', name: 'taskId' } as const;
    }
    expect(summaryOf({ ...inOrg(MEMBER), orgSources: [TaskOrgSource] })).toBe(
      'members of the org found by path taskId',
    );
    expect(summaryOf({ ...inOrg(MEMBER), orgSources: [orgFromParam(), TaskOrgSource] })).toBe(
      'members of the org in path orgId and found by path taskId',
    );
  });

  it('names the class of a custom organization source', () => {
    expect(summaryOf({ ...inOrg(MEMBER), orgSources: [InvoiceOrgSource] })).toBe(
      'members of the org that InvoiceOrgSource names',
    );
  });

  it.each([
    [{ curfew: { from: 22 } }, 'user, curfew {"from":22}'],
    [{ countries: ['de'] }, 'user, countries ["de"]'],
    [{ countries: [], curfew: undefined, isStrict: false, limit: null }, 'user'],
  ])('includes every rule, even an unknown one: %j', (unknown, words) => {
    expect(summaryOf({ ...USER, ...unknown })).toBe(words);
  });

  it('shows an unknown organization rule as it is', () => {
    const seat = { kind: 'seat', number: 3 } as never;
    expect(summaryOf(inOrg(seat))).toBe('{"kind":"seat","number":3} of the org in path orgId');
  });

  it('names a kind of callers that it has no words for', () => {
    const callers = callersOfKinds({ courier: undefined });
    expect(summaryOf(handlerAccessOf({ ...DEFAULT_POLICY, callers }))).toBe('courier');
  });

  it('describes what the guard requires', () => {
    expect(summaryOf(handlerAccessOf(DEFAULT_POLICY))).toBe('user');
    expect(summaryOf(handlerAccessOf(UNTRACEABLE_POLICY))).toBe('nobody');
    const tokenSources = [() => 'a token'];
    expect(summaryOf(handlerAccessOf({ ...DEFAULT_POLICY, tokenSources }))).toBe('user');
    expect(
      summaryOf(
        handlerAccessOf({ ...DEFAULT_POLICY, callers: EVERYONE, orgRequirements: [ADMIN] }),
      ),
    ).toBe('public');
  });

  it('names the guard that protects a handler for everyone', () => {
    class ShareLinkGuard {
      canActivate() {
        return false;
      }
    }
    const policy = { ...DEFAULT_POLICY, guardedBy: ShareLinkGuard };
    expect(summaryOf(handlerAccessOf({ ...policy, callers: EVERYONE }))).toBe(
      'public, guarded by ShareLinkGuard',
    );
    expect(summaryOf(handlerAccessOf(policy))).toBe('user');
  });
});
