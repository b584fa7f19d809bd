import {
  DenyImpersonation,
  OptionalUser,
  OverrideRules,
  Public,
  RequireApiKey,
  RequireCaller,
  RequireMetadata,
  RequireOrgMember,
  RequireOrgRole,
  RequireScope,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
  type AccessDecorator,
  type OrgSource,
} from 'nestjs-propelauth';
import { Proxied, Tracked, Wrapped } from '../support/planted-faults/replacements.js';
import { ACTION, EXEMPT, rule, RULES, type Part, type Rule } from './rules.js';
import { REGION, SCOPE } from './services.js';

/** A decorator as it is written, and what callers need for it. */
type Written = readonly [
  words: string,
  decorate: (org: OrgSource) => AccessDecorator,
  needs?: Pick<Rule, 'org' | 'takes'>,
];

const ORG = { org: 'header' } as const;
const GRANT = { takes: 'grant' } as const;
const of = 'service';

const PUBLIC: Written = ['@Public()', () => Public()];
const OPTIONAL: Written = ['@OptionalUser()', () => OptionalUser()];
const USER: Written = ['@RequireUser()', () => RequireUser()];
const KEY: Written = ['@RequireApiKey()', () => RequireApiKey()];
const USER_OR_KEY: Written = ['@RequireUserOrApiKey()', () => RequireUserOrApiKey()];
const USER_OR_SERVICE: Written = [
  "@RequireCaller('user', 'service')",
  () => RequireCaller('user', of),
  { takes: of },
];
const ANYONE: Written = [
  "@RequireCaller('user', 'api-key', 'service')",
  () => RequireCaller('user', 'api-key', of),
  { takes: of },
];
const MEMBER: Written = ['@RequireOrgMember()', (org) => RequireOrgMember({ org }), ORG];
const ADMIN: Written = ["@RequireOrgRole('Admin')", (org) => RequireOrgRole('Admin', { org }), ORG];
const SCOPED: Written = [
  `@RequireScope('${SCOPE}', { of: 'service' })`,
  () => RequireScope(SCOPE, { of }),
  { takes: of },
];
const REGIONAL: Written = [
  "@RequireMetadata({ region: 'eu' }, { of: 'service' })",
  () => RequireMetadata(REGION, { of }),
  { takes: of },
];
const KEY_OF_REGION: Written = [
  "@RequireUserOrApiKey({ metadata: { region: 'eu' } })",
  () => RequireUserOrApiKey({ metadata: REGION }),
];
const OVERRIDE: Written = ['@OverrideRules()', () => OverrideRules() as AccessDecorator];
const IN_PERSON: Written = ['@DenyImpersonation()', () => DenyImpersonation()];
const STEP_UP: Written = [`@RequireStepUpMfa('${ACTION}')`, () => RequireStepUpMfa(ACTION), GRANT];
const OTHER_STEP_UP: Written = [
  "@RequireStepUpMfa('CLOSE'), whose grant nobody sends",
  () => RequireStepUpMfa('CLOSE', { grantHeader: 'x-close-grant' }),
  GRANT,
];

function handler(
  name: string,
  sees: readonly Part[],
  decorators: readonly Written[],
  ofClass?: readonly Written[],
  source?: OrgSource,
): Rule {
  const wordsOf = (written: readonly Written[]) => written.map(([words]) => words).join(' ');
  const words = [
    ofClass && `class ${wordsOf(ofClass) || 'without a decorator'}, handler`,
    wordsOf(decorators) || 'without a decorator',
    sees.includes('account') && 'with @CurrentAccount()',
    sees.includes('accountIfAny') && 'with @CurrentAccount({ optional: true })',
  ];
  const needs = [...decorators, ...(ofClass ?? [])].map(([, , needed]) => needed);
  return rule(
    words.filter(Boolean).join(' '),
    name,
    sees,
    (org) => decorators.map(([, decorate]) => decorate(org)),
    Object.assign(
      ofClass ? { ofClass: ofClass.map(([, decorate]) => decorate(source!)) } : {},
      ...needs,
    ),
  );
}

/** Handlers that accept several kinds of callers, and rules about some of them. */
export const RULES_OF_KINDS: readonly Rule[] = [
  handler('userOrService', ['caller'], [USER_OR_SERVICE]),
  handler('anyoneOfOrg', ['caller', 'org'], [ANYONE, MEMBER]),
  handler('scopeOfService', ['caller'], [USER_OR_SERVICE, SCOPED]),
  handler('regionOfService', ['caller'], [USER_OR_SERVICE, REGIONAL]),
  handler('inPersonOrService', ['caller'], [USER_OR_SERVICE, IN_PERSON]),
  handler('all', ['caller', 'org'], [ADMIN, REGIONAL, SCOPED, IN_PERSON, USER_OR_SERVICE]),
  handler('impliedService', ['caller'], [SCOPED, REGIONAL]),
  handler('narrowed', ['caller'], [USER], [USER_OR_SERVICE, SCOPED]),
  handler('kindsOfClass', ['caller', 'org'], [ADMIN], [USER_OR_SERVICE]),
  handler('overriding', ['caller'], [OVERRIDE, REGIONAL], [USER_OR_SERVICE, SCOPED, IN_PERSON]),
  handler('userOrKeyInPerson', ['caller'], [USER_OR_KEY, IN_PERSON]),
  handler('userOrKeyOfRegion', ['caller'], [KEY_OF_REGION]),
  handler('stepUpOfKey', [], [USER_OR_KEY, STEP_UP]),
];

/** Accounts and step-up grants, and rules that fail beside them. */
export const RULES_OF_ACCOUNTS: readonly Rule[] = [
  handler('accountIfAny', ['accountIfAny'], [USER]),
  handler('accountOfVisitor', ['account'], [OPTIONAL]),
  handler('accountOfVisitorIfAny', ['accountIfAny'], [OPTIONAL]),
  handler('accountOfAnyone', ['accountIfAny'], [PUBLIC]),
  handler('accountOfKinds', ['account'], [ANYONE]),
  handler('accountOfAdmin', ['account'], [ADMIN]),
  handler('accountAndGrant', ['account'], [STEP_UP]),
  handler('stepUpOfAdmin', [], [STEP_UP, ADMIN]),
  handler('stepUpInPerson', ['account'], [STEP_UP, IN_PERSON]),
  handler('twoStepUps', [], [STEP_UP, OTHER_STEP_UP]),
  handler('sameStepUps', [], [STEP_UP], [STEP_UP]),
];

/** Copies metadata, as the decorators of error trackers do. */
const Traced = ((target: object, name: string, descriptor: PropertyDescriptor) => {
  const traced = Wrapped(target, name, descriptor) as PropertyDescriptor;
  for (const key of Reflect.getMetadataKeys(descriptor.value as object) as string[]) {
    const value: unknown = Reflect.getMetadata(key, descriptor.value as object);
    Reflect.defineMetadata(key, value, traced.value as object);
  }
  return traced;
}) as AccessDecorator;

const TRACED: Written = ['a wrapper', () => Traced];
const PROXIED: Written = ['a Proxy', () => Proxied as AccessDecorator];
const TRACKED: Written = ['wrappers of all methods', () => Tracked as AccessDecorator];
const wrapped = (...[name, ...written]: [string, Written[], Written[]?]) =>
  handler(name, ['user', 'org'], ...written);

/** Handlers and classes that other decorators have replaced. */
export const RULES_OF_WRAPPERS: readonly Rule[] = [
  wrapped('wrappedRule', [TRACED, ADMIN]),
  wrapped('ruledWrapper', [ADMIN, TRACED]),
  wrapped('proxiedClass', [ADMIN, TRACED, TRACED], [PROXIED, USER]),
  wrapped('ruledProxy', [], [USER, PROXIED, TRACKED]),
  wrapped('wrappedMethods', [], [TRACKED, KEY]),
];

/** What subclasses inherit: one function without a rule. */
export const INHERITED: Rule = {
  ...handler('inherited', ['user', 'apiKey'], []),
  words: 'without a decorator, inherited by the four classes below',
};

/** Subclasses with rules of their own. */
export const rulesOfHeirs = (org: OrgSource): readonly Rule[] => [
  handler('AdminHeir', INHERITED.sees, [], [ADMIN], org),
  handler('KeyHeir', INHERITED.sees, [], [KEY], org),
  handler('PublicHeir', INHERITED.sees, [], [PUBLIC], org),
  handler('PlainHeir', INHERITED.sees, [], [], org),
];

const BESIDE = ['public', 'optional', 'member', 'key', 'userOrKey', 'opened'];

/** For an application under `requireUserByDefault`. */
export const RULES_BY_DEFAULT: readonly Rule[] = [
  ...RULES.filter(({ name }) => BESIDE.includes(name)),
  handler('plainWithCaller', ['user', 'org', 'apiKey'], []),
  handler('openClass', ['user'], [], [PUBLIC]),
  handler('keyClass', ['apiKey'], [], [KEY]),
  EXEMPT,
];
