import type { Type } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import type {
  AccessRule,
  ApiKeyKind,
  CallerMode,
  CallerRule,
  DenyingRule,
  OrgRule,
  StepUpRequirement,
  StepUpRule,
} from './access-rule.js';
import { flatten, levelsOf, type HandlerLevels, type Level } from './handler-levels.js';
import type { DeclaredMethod } from './declared-method.js';
import type { OrgRequirement } from './org-requirement.js';

/** Everything that has to hold for a call of one handler. */
export interface Policy {
  readonly mode: CallerMode;
  /** Whether a decorator says so, and not only the default of the module. */
  readonly isExplicit: boolean;
  /** Which API keys will do, where any will; `undefined` means either kind. */
  readonly apiKeyKind: ApiKeyKind | undefined;
  readonly deniesImpersonation: boolean;
  /** Where the token is, of all that the nearest level names; empty where the transport says. */
  readonly tokenSources: readonly TokenSource[];
  /** Where the organization is named; all have to name the same one. Empty when there are no organization rules. */
  readonly orgSources: readonly OrgSourceOption[];
  readonly orgRequirements: readonly OrgRequirement[];
  readonly stepUps: readonly StepUpRequirement[];
}

/** From the strictest on: what holds where rules of one level contradict each other about users. */
const STRICTNESS: readonly CallerMode[] = ['user', 'optional', 'public'];

/** Callers of whom each kind of rule can say yes or no. Of the others, it would have to say no. */
const MODES_UNDER: Record<DenyingRule['kind'], readonly CallerMode[]> = {
  org: ['user', 'api-key', 'user-or-api-key'],
  impersonation: ['user', 'user-or-api-key'],
  'step-up': ['user'],
};

/** The access to a handler without any rule, where the guard is asked about it: a user. */
export const DEFAULT_POLICY: Policy = {
  mode: 'user',
  isExplicit: false,
  apiKeyKind: undefined,
  deniesImpersonation: false,
  tokenSources: [],
  orgSources: [],
  orgRequirements: [],
  stepUps: [],
};

/** The access to a handler that cannot be traced to a method: whatever its rules are, no call passes. */
export const UNTRACEABLE_POLICY: Policy = {
  ...DEFAULT_POLICY,
  mode: 'untraceable',
  isExplicit: true,
};

/**
 * Puts together what the decorators of a method, of those it overrides, of its class and of the classes above say.
 *
 * @param handler the function that is called
 * @param defaultSource where organization rules look when neither their level nor one outside of it names a source
 */
export function compilePolicy(
  type: Type,
  method: DeclaredMethod,
  handler: Function,
  defaultSource: OrgSourceOption,
): Policy {
  const handlerLevels = levelsOf(type, method, handler);
  const levels = flatten(handlerLevels);
  if (levels.every(({ rules }) => rules.length === 0)) return DEFAULT_POLICY;
  const denying = effectiveDenyingRules(handlerLevels);
  const orgRules = denying.filter(isOrgRule);
  const mode = effectiveMode(levels, denying);
  return {
    mode,
    isExplicit: true,
    apiKeyKind: apiKeyKindOf(nearestCallerRules(levels).filter((rule) => rule.mode === mode)),
    deniesImpersonation: denying.some(({ kind }) => kind === 'impersonation'),
    tokenSources: nearestTokenSources(levels),
    orgSources: orgSourcesOf(denyingLevels(handlerLevels), defaultSource),
    orgRequirements: orgRules.map(({ requirement }) => requirement),
    stepUps: distinctStepUps(denying.filter(isStepUpRule)),
  };
}

/** What a call has to meet that is one of several methods: the rules of all. */
export function combinePolicies(all: readonly Policy[]): Policy {
  const [first = DEFAULT_POLICY, ...others] = all;
  if (others.every((other) => isSamePolicy(first, other))) return first;
  const modes = new Set(all.map(({ mode }) => mode));
  const kinds = new Set(all.map(({ apiKeyKind }) => apiKeyKind));
  const mode = kinds.size > 1 ? 'nobody' : strictestOf(modes);
  return {
    mode,
    isExplicit: all.some(({ isExplicit }) => isExplicit),
    apiKeyKind: first.apiKeyKind,
    deniesImpersonation: all.some(({ deniesImpersonation }) => deniesImpersonation),
    tokenSources: unionOf(all.map(({ tokenSources }) => tokenSources)),
    orgSources: unionOf(all.map(({ orgSources }) => orgSources)),
    orgRequirements: all.flatMap(({ orgRequirements }) => orgRequirements),
    stepUps: distinctRequirements(all.flatMap(({ stepUps }) => stepUps)),
  };
}

/** Whether two handlers let in the same callers, for certain. */
export function isSamePolicy(one: Policy, other: Policy): boolean {
  return (
    one === other ||
    (one.mode === other.mode &&
      one.apiKeyKind === other.apiKeyKind &&
      one.isExplicit === other.isExplicit &&
      one.deniesImpersonation === other.deniesImpersonation &&
      isSameList(one.tokenSources, other.tokenSources) &&
      isSameList(one.orgSources, other.orgSources) &&
      isSameList(one.orgRequirements, other.orgRequirements) &&
      isSameList(one.stepUps, other.stepUps))
  );
}

/**
 * The mode that the rules of one level say. Of several about users it is the strictest. Where others than users are meant as well,
 * no mode is stricter than the other: whoever one lets in, the other keeps out.
 */
export function modeOf(rules: readonly AccessRule[]): CallerMode | undefined {
  const modes = new Set(rules.filter(isCallerRule).map(({ mode }) => mode));
  return modes.size === 0 ? undefined : strictestOf(modes);
}

function strictestOf(modes: ReadonlySet<CallerMode>): CallerMode {
  if (modes.size === 1) return [...modes][0] as CallerMode;
  const areAboutUsers = [...modes].every((mode) => STRICTNESS.includes(mode));
  return (areAboutUsers ? STRICTNESS.find((mode) => modes.has(mode)) : undefined) ?? 'nobody';
}

/** Whether a rule can say yes or no of the callers of this mode. */
export function holdsUnder(mode: CallerMode, { kind }: DenyingRule): boolean {
  return MODES_UNDER[kind].includes(mode);
}

/** Denying rules add up; only `@Public()` on the handler lifts those of the outer levels. */
export function effectiveDenyingRules(levels: HandlerLevels): DenyingRule[] {
  return [...new Set(denyingLevels(levels).flatMap(({ rules }) => rules))].filter(isDenyingRule);
}

/** The levels whose denying rules hold. */
function denyingLevels(levels: HandlerLevels): Level[] {
  const { rules } = levels.method;
  const isLifted = modeOf(rules) === 'public' && !rules.some(isDenyingRule);
  return isLifted ? [] : flatten(levels);
}

/**
 * What the nearest level says. Under a denying rule it is a user whom it takes, unless it says that it takes others: then nobody of
 * whom the rule cannot say yes.
 */
function effectiveMode(levels: Level[], denying: readonly DenyingRule[]): CallerMode {
  const nearest = modeOf(nearestCallerRules(levels)) ?? 'user';
  if (denying.every((rule) => holdsUnder(nearest, rule))) return nearest;
  return STRICTNESS.includes(nearest) ? 'user' : 'nobody';
}

/** What the nearest level that has a word on it says of whom the route takes for its caller. */
function nearestCallerRules(levels: Level[]): CallerRule[] {
  return (
    levels.map(({ rules }) => rules.filter(isCallerRule)).find((rules) => rules.length > 0) ?? []
  );
}

function nearestTokenSources(levels: Level[]): TokenSource[] {
  const named = levels.map(({ rules }) =>
    rules.flatMap(({ tokenSource }) => (tokenSource === undefined ? [] : [tokenSource])),
  );
  return [...new Set(named.find((sources) => sources.length > 0))];
}

/** Where one place has it twice, a rule for one kind of keys is stricter than one for any. */
function apiKeyKindOf(rules: readonly CallerRule[]): ApiKeyKind | undefined {
  return rules.find(({ apiKeyKind }) => apiKeyKind !== undefined)?.apiKeyKind;
}

/** Each rule looks where its own level says, else where one outside of that says: an inner level changes nothing about an outer rule. */
function orgSourcesOf(levels: Level[], defaultSource: OrgSourceOption): OrgSourceOption[] {
  const sources = levels.flatMap(({ rules, outside }) => {
    const named = [rules, ...outside].map(sourceOf).find((source) => source !== undefined);
    return rules.filter(isOrgRule).map(({ source }) => source ?? named ?? defaultSource);
  });
  return [...new Set(sources)];
}

function sourceOf(rules: readonly AccessRule[]): OrgSourceOption | undefined {
  return rules.filter(isOrgRule).find(({ source }) => source !== undefined)?.source;
}

function distinctStepUps(rules: readonly StepUpRule[]): StepUpRequirement[] {
  return distinctRequirements(rules.map(({ requirement }) => requirement));
}

/** A grant can be good for one use only, so that one which two rules ask for is asked for once. */
function distinctRequirements(requirements: readonly StepUpRequirement[]): StepUpRequirement[] {
  return [...new Map(requirements.map((one) => [JSON.stringify(one), one])).values()];
}

function unionOf<Value>(lists: readonly (readonly Value[])[]): Value[] {
  return [...new Set(lists.flat())];
}

/** Sources are the same when they are the same function, requirements when they say the same. */
function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return (
    one.length === other.length &&
    one.every((value, index) =>
      typeof value === 'function'
        ? value === other[index]
        : JSON.stringify(value) === JSON.stringify(other[index]),
    )
  );
}

export function isCallerRule(rule: AccessRule): rule is CallerRule {
  return rule.kind === 'caller';
}

export function isOrgRule(rule: AccessRule): rule is OrgRule {
  return rule.kind === 'org';
}

function isStepUpRule(rule: AccessRule): rule is StepUpRule {
  return rule.kind === 'step-up';
}

export function isDenyingRule(rule: AccessRule): rule is DenyingRule {
  return rule.kind !== 'caller';
}
