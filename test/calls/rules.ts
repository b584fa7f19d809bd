import {
  activeOrg,
  DenyImpersonation,
  OptionalCaller,
  OptionalUser,
  Public,
  RequireAnyOf,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
  type OrgSource,
} from 'nestjs-propelauth';
import { RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';

import { RequireOwner, RequireVisitor } from './services.js';

/** The action of the step-up grants. */
export const ACTION = 'WITHDRAW';

/** Where a route names its organization. Other transports have one place. */
export type OrgPlace = 'path' | 'query' | 'header' | 'body';

/** What the handler takes as parameters. */
export type Part = 'user' | 'org' | 'apiKey' | 'mcpToken' | 'caller' | 'account' | 'accountIfAny';

/** The rule of one handler, as each transport has one. */
export interface Rule {
  /** The name of the handler. */
  readonly name: string;
  /** The rule as it is written. */
  readonly words: string;
  readonly sees: readonly Part[];
  /** @param org where the organization of this transport is */
  decorate(org: OrgSource): MethodDecorator[];
  /** Decorators of the class, for a handler in a class of its own. */
  readonly ofClass?: ClassDecorator[];
  readonly org?: OrgPlace;
  readonly takes?: 'grant' | 'service';
  readonly readsActiveOrg?: true;
  /** How many handlers answer a message. Default: one. */
  readonly answers?: number;
}

export const rule = (
  words: string,
  name: string,
  sees: readonly Part[],
  decorate: (org: OrgSource) => MethodDecorator[],
  more: Pick<Rule, 'ofClass' | 'org' | 'takes' | 'readsActiveOrg' | 'answers'> = {},
): Rule => ({ words, name, sees, decorate, ...more });

/** A handler without any rule, where it is open and where `requireUserByDefault` reaches it. */
export const WITHOUT_RULE = rule('no decorator', 'plain', [], () => []);

/** The same, in a class of its own. */
export const EXEMPT = rule(
  'no decorator, in a class that requireUserByDefault exempts',
  'exempt',
  [],
  () => [],
);

/** Every kind of rule. */
export const RULES: readonly Rule[] = [
  rule('@Public()', 'public', [], () => [Public()]),
  WITHOUT_RULE,
  rule('@OptionalUser()', 'optional', ['user'], () => [OptionalUser()]),
  rule('@RequireUser()', 'user', ['user'], () => [RequireUser()]),
  rule('@DenyImpersonation()', 'inPerson', ['user'], () => [DenyImpersonation()]),
  rule('@OptionalUser() @DenyImpersonation()', 'optionalInPerson', ['user'], () => [
    OptionalUser(),
    DenyImpersonation(),
  ]),
  rule(
    '@RequireOrgMember(), org from the path',
    'member',
    ['user', 'org'],
    (org) => [RequireOrgMember({ org })],
    { org: 'path' },
  ),
  rule(
    "@RequireOrgRole('Admin'), org from a header",
    'admin',
    ['user', 'org'],
    (org) => [RequireOrgRole('Admin', { org })],
    { org: 'header' },
  ),
  rule(
    "@RequirePermission('can_edit_billing'), org from the query",
    'billing',
    ['user', 'org'],
    (org) => [RequirePermission('can_edit_billing', { org })],
    { org: 'query' },
  ),
  rule(
    '@RequireOrgMember({ org: activeOrg() })',
    'active',
    ['user', 'org'],
    () => [RequireOrgMember({ org: activeOrg() })],
    { readsActiveOrg: true },
  ),
  rule(`@RequireStepUpMfa('${ACTION}')`, 'stepUp', ['user'], () => [RequireStepUpMfa(ACTION)], {
    takes: 'grant',
  }),
  rule('@RequireApiKey()', 'key', ['apiKey'], () => [RequireApiKey()]),
  rule("@RequireApiKey({ kind: 'personal' })", 'personalKey', ['apiKey'], () => [
    RequireApiKey({ kind: 'personal' }),
  ]),
  rule("@RequireApiKey({ kind: 'org' })", 'orgKey', ['apiKey'], () => [
    RequireApiKey({ kind: 'org' }),
  ]),
  rule(
    '@RequireApiKey() @RequireOrgMember(), org from the body',
    'keyOfOrg',
    ['apiKey', 'org'],
    (org) => [RequireApiKey(), RequireOrgMember({ org })],
    { org: 'body' },
  ),
  rule('@RequireUserOrApiKey()', 'userOrKey', ['user', 'apiKey'], () => [RequireUserOrApiKey()]),
  rule(
    "@RequireUserOrApiKey() @RequireOrgRole('Admin'), org from the path",
    'userOrKeyOfAdmin',
    ['user', 'apiKey', 'org'],
    (org) => [RequireUserOrApiKey(), RequireOrgRole('Admin', { org })],
    { org: 'path' },
  ),
  rule(
    '@RequireUserOrApiKey() @RequireOrgMember() @RequireOwner(), a rule of the application',
    'ownRule',
    ['user', 'apiKey', 'org'],
    (org) => [RequireUserOrApiKey(), RequireOrgMember({ org }), RequireOwner()],
    { org: 'path' },
  ),
  rule(
    "@RequireAnyOf(RequireOrgRole('Owner'), RequireVisitor())",
    'anyOf',
    ['user', 'org'],
    (org) => [RequireAnyOf(RequireOrgRole('Owner', { org }), RequireVisitor())],
    { org: 'path' },
  ),
  rule(
    "@OptionalCaller('user', 'api-key') @RequireVisitor(), another",
    'visitor',
    ['caller'],
    () => [OptionalCaller('user', 'api-key'), RequireVisitor()],
  ),
  rule(
    '@RequireMcpToken() @RequireOrgMember() @RequireOwner()',
    'mcpOwner',
    ['mcpToken', 'org'],
    () => [RequireMcpToken(), RequireOrgMember(), RequireOwner()],
  ),
  rule('@RequireMcpToken()', 'mcpToken', ['mcpToken'], () => [RequireMcpToken()]),
  rule('@RequireUser() with @CurrentAccount()', 'account', ['account'], () => [RequireUser()]),
  rule('@RequireMcpToken() with @CurrentAccount()', 'mcpAccount', ['mcpToken', 'account'], () => [
    RequireMcpToken(),
  ]),
  rule("@RequireScope('read:reports')", 'scope', ['mcpToken'], () => [
    RequireScope('read:reports'),
  ]),
  rule(
    "@RequireMcpToken() @RequireOrgRole('Admin')",
    'mcpAdmin',
    ['mcpToken', 'user', 'org'],
    () => [RequireMcpToken(), RequireOrgRole('Admin')],
  ),
  rule('@RequireUser() @RequireApiKey(), which contradict each other', 'contradictory', [], () => [
    RequireUser(),
    RequireApiKey(),
  ]),
  rule(
    "class @RequireOrgRole('Admin', { org: activeOrg() }), handler @Public()",
    'opened',
    [],
    () => [Public()],
    { ofClass: [RequireOrgRole('Admin', { org: activeOrg() })] },
  ),
  rule('class @Public(), handler @RequireUser()', 'closed', ['user'], () => [RequireUser()], {
    ofClass: [Public()],
  }),
];

/** What differs neither by transport nor by adapter: which kind of key, which requirement of an organization, what the class says. */
const COMPARED_OVER_HTTP = ['personalKey', 'orgKey', 'billing', 'closed'];

/** The rules of handlers that are no routes. */
export const RULES_OF_MESSAGES = RULES.filter(({ name }) => !COMPARED_OVER_HTTP.includes(name));
