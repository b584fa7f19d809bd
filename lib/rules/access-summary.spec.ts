import { callersOf, type CallersName } from '../../test/support/callers.js';
import type { ApiKeyKind } from '../types/api-key.js';
import type { Rule } from './rule.js';
import {
  kindsOfPropelAuth,
  checksOf,
  noImpersonation,
  ofOrg,
  ofScopes,
  ofStepUp,
} from '../../test/support/written-rules.js';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import { activeOrg } from './org/sources/active-org.js';
import { orgFromHeader } from './org/sources/org-from-header.js';
import { orgFromParam } from './org/sources/org-from-param.js';
import { accessAsData, summaryOf } from './access-summary.js';
import { handlerAccessOf, OPEN_ACCESS, type HandlerAccess } from './handler-access.js';
import { metadataRule } from './metadata/metadata-rule.js';
import type { OrgRequirement } from './org/org-requirement.js';
import { DEFAULT_POLICY, UNTRACEABLE_POLICY, type Policy } from './policy.js';
import { callersOfKinds, EVERYONE } from './callers.js';

/** The access of these callers, under these rules. */
function accessOf(name: CallersName, rules: Rule[] = [], only?: ApiKeyKind): HandlerAccess {
  const policy = { ...DEFAULT_POLICY, callers: callersOf(name, only), checks: checksOf(...rules) };
  return handlerAccessOf(policy, kindsOfPropelAuth);
}

const USER = accessOf('user');

const MEMBER: OrgRequirement = { type: 'member' };
const ADMIN: OrgRequirement = { type: 'role', role: 'Admin', exact: false };
const EXACTLY_OWNER: OrgRequirement = { type: 'role', role: 'Owner', exact: true };
const OWNER_OR_BILLING: OrgRequirement = { type: 'any-role', roles: ['Owner', 'Billing'] };
const VIEW_AND_PAY: OrgRequirement = { type: 'permissions', permissions: ['view', 'pay'] };
const VIEW_OR_PAY: OrgRequirement = { type: 'any-permission', permissions: ['view', 'pay'] };

/** The access of users for whom all of this is required of an organization that the path names. */
function inOrg(...requirements: OrgRequirement[]): HandlerAccess {
  const source = orgFromParam();
  const rules = requirements.map((requirement) => ofOrg(requirement, source));
  return { ...USER, checks: checksOf(...rules) };
}

/** The access of users who are members of the organization that all of these sources find. */
function membersBy(...sources: OrgSourceOption[]): HandlerAccess {
  return { ...USER, checks: checksOf(...sources.map((source) => ofOrg(MEMBER, source))) };
}

class InvoiceOrgSource {
  orgOf() {
    return undefined;
  }
}

class TaskOrgSource extends InvoiceOrgSource {
  static readonly reads = { from: 'path', name: 'taskId' } as const;
}

describe('summaryOf()', () => {
  it.each<[string, Partial<HandlerAccess>]>([
    ['open', OPEN_ACCESS],
    ['public', { ...OPEN_ACCESS, access: 'public' }],
    ['optional user', accessOf('optional')],
    ['user', accessOf('user')],
    ['user, org not checked', { ...USER, uncheckedOrg: true }],
    [
      'members of the org in path orgId, other orgs not checked',
      {
        ...inOrg(MEMBER),
        checks: checksOf({
          ...ofOrg(MEMBER),
          argument: { requirement: MEMBER, source: orgFromParam(), uncheckedOrg: true },
        }),
      },
    ],
    // The rule about the organization says it.
    ['members of the org in path orgId', { ...inOrg(MEMBER), uncheckedOrg: true }],
    [
      'user with scope read and plan pro',
      {
        checks: checksOf(
          { ...ofScopes('read'), of: 'user' },
          {
            type: metadataRule,
            argument: { required: {}, words: 'plan pro' },
            of: 'user',
            decorator: '@metadata',
          },
        ),
      },
    ],
    ['API key', accessOf('api-key')],
    ['personal API key', accessOf('api-key', [], 'personal')],
    ['organization API key', accessOf('api-key', [], 'org')],
    ['user or API key', accessOf('user-or-api-key')],
    ['user or personal API key', accessOf('user-or-api-key', [], 'personal')],
    ['MCP client', accessOf('mcp')],
    ['MCP client, with scope read:reports', accessOf('mcp', [ofScopes('read:reports')])],
    ['MCP client, with scope read and write', accessOf('mcp', [ofScopes('read', 'write')])],
    [
      'MCP client: Admin and above of the org in token, with scope read',
      accessOf('mcp', [ofScopes('read'), ofOrg(ADMIN, activeOrg())]),
    ],
    ['nobody', accessOf('nobody')],
    ['user, not impersonated', { checks: checksOf(noImpersonation) }],
    [
      'user, with step-up for PAY, with step-up for DELETE_ACCOUNT',
      { checks: checksOf(ofStepUp('PAY'), ofStepUp('DELETE_ACCOUNT')) },
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

  const members = 'members of the org in path orgId';
  const ofParam = [ofOrg(MEMBER, orgFromParam())];

  it.each<[string, HandlerAccess]>([
    [`API key: ${members}`, accessOf('api-key', ofParam)],
    [`user or organization API key: ${members}`, accessOf('user-or-api-key', ofParam, 'org')],
    [`nobody: ${members}`, accessOf('nobody', ofParam)],
    [
      'members of the org in header x-org-id and token and that InvoiceOrgSource names and that the application names',
      membersBy(orgFromHeader('x-org-id'), activeOrg(), InvoiceOrgSource, () => undefined),
    ],
    ['members of the org found by path taskId', membersBy(TaskOrgSource)],
    [`${members} and found by path taskId`, membersBy(orgFromParam(), TaskOrgSource)],
    ['members of the org that InvoiceOrgSource names', membersBy(InvoiceOrgSource)],
  ])('names the kinds of the members and every source: %s', (words, access) => {
    expect(summaryOf(access)).toBe(words);
  });

  it('shows an unknown organization rule as it is', () => {
    const seat = { type: 'seat', number: 3 } as never;
    expect(summaryOf(inOrg(seat))).toBe('{"type":"seat","number":3} of the org in path orgId');
  });

  it.each<[string, Partial<Policy>]>([
    // A kind that has no words of its own.
    ['courier', { callers: callersOfKinds({ courier: undefined }) }],
    ['user', DEFAULT_POLICY],
    ['user', { tokenSources: [() => 'a token'] }],
    ['nobody', UNTRACEABLE_POLICY],
    ['public', { callers: EVERYONE, checks: checksOf(ofOrg(ADMIN)) }],
  ])('describes what the guard requires: %s', (words, policy) => {
    const access = handlerAccessOf({ ...DEFAULT_POLICY, ...policy }, kindsOfPropelAuth);
    expect(summaryOf(access)).toBe(words);
  });
});

describe('accessAsData()', () => {
  it.each<[string, HandlerAccess, object]>([
    ['of nobody', OPEN_ACCESS, {}],
    ['of one kind', accessOf('api-key', [], 'org'), { 'api-key': 'org' }],
    ['of two', accessOf('user-or-api-key'), { user: 'any', 'api-key': 'any' }],
  ])('has each kind of callers, with what is accepted of it: %s', (_what, access, callers) => {
    expect(accessAsData(access)).toEqual({ access: access.access, callers, rules: {} });
  });
});
