import type { Type } from '@nestjs/common';
import type { OrgSource } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import { isFieldAlone } from '../transport/handler-kinds.js';
import {
  readAccessRules,
  type AccessRule,
  type ApiKeyKind,
  type CallerMode,
  type CallerRule,
  type DenyingRule,
  type OrgRule,
  type StepUpRequirement,
  type StepUpRule,
} from './access-rule.js';
import { hasGuard } from './bound-guards.js';
import type { OrgRequirement } from './org-requirement.js';

/** Everything that has to hold for a call of one handler. */
export interface CompiledAccess {
  readonly mode: CallerMode;
  /** Which API keys will do, where any will; `undefined` means either kind. */
  readonly apiKeyKind: ApiKeyKind | undefined;
  readonly deniesImpersonation: boolean;
  /** Where the token is, of all that the nearest level names; empty where the transport says. */
  readonly tokenSources: readonly TokenSource[];
  /** Where the organization is named; all have to name the same one. Empty when there are no organization rules. */
  readonly orgSources: readonly OrgSource[];
  readonly orgRequirements: readonly OrgRequirement[];
  readonly stepUps: readonly StepUpRequirement[];
}

/** The rules of one place, a handler or a class. */
type Level = readonly AccessRule[];

/** From the strictest on: what holds where rules of one level contradict each other about users. */
const STRICTNESS: readonly CallerMode[] = ['required', 'optional', 'public'];

/** Callers of whom each kind of rule can say yes or no. Of the others, it would have to say no. */
const MODES_UNDER: Record<DenyingRule['kind'], readonly CallerMode[]> = {
  org: ['required', 'api-key', 'user-or-api-key'],
  impersonation: ['required', 'user-or-api-key'],
  'step-up': ['required'],
};

/**
 * Puts together what the decorators of a handler, of its class and of the classes above say.
 *
 * @param defaultSource where organization rules look when no level names a source
 */
export function compileAccess(
  controller: Type,
  handler: Function,
  defaultSource: OrgSource,
): CompiledAccess {
  const levels = [readAccessRules(handler), ...classLevels(controller)];
  const denying = effectiveDenyingRules(levels);
  const orgRules = denying.filter(isOrgRule);
  const mode = effectiveMode(levels, denying, modeWithoutRule(controller, handler));
  return {
    mode,
    apiKeyKind: apiKeyKindOf(nearestCallerRules(levels).filter((rule) => rule.mode === mode)),
    deniesImpersonation: denying.some(({ kind }) => kind === 'impersonation'),
    tokenSources: nearestTokenSources(levels),
    orgSources: orgSourcesOf(orgRules, nearestSource(levels) ?? defaultSource),
    orgRequirements: orgRules.map(({ requirement }) => requirement),
    stepUps: distinctStepUps(denying.filter(isStepUpRule)),
  };
}

/** The rules of a class and of each class above it, nearest first. */
export function classLevels(controller: Type): Level[] {
  const levels: Level[] = [];
  for (
    let current: unknown = controller;
    typeof current === 'function' && current !== Function.prototype;
    current = Object.getPrototypeOf(current)
  ) {
    levels.push(readAccessRules(current));
  }
  return levels;
}

/**
 * The mode that the rules of one level say. Of several about users it is the strictest. Where others than users are meant as well,
 * no mode is stricter than the other: whoever one lets in, the other keeps out.
 */
export function modeOf(rules: Level): CallerMode | undefined {
  const modes = new Set(rules.filter(isCallerRule).map(({ mode }) => mode));
  if (modes.size <= 1) return [...modes][0];
  return isAboutUsers(modes) ? STRICTNESS.find((mode) => modes.has(mode)) : 'nobody';
}

function isAboutUsers(modes: ReadonlySet<CallerMode>): boolean {
  return [...modes].every((mode) => STRICTNESS.includes(mode));
}

/** Whether a rule can say yes or no of the callers of this mode. */
export function holdsUnder(mode: CallerMode, { kind }: DenyingRule): boolean {
  return MODES_UNDER[kind].includes(mode);
}

/** Denying rules add up; only `@Public()` on the handler lifts those of the classes. */
export function effectiveDenyingRules([handlerRules = [], ...ofClasses]: Level[]): DenyingRule[] {
  const lifted = modeOf(handlerRules) === 'public' && !handlerRules.some(isDenyingRule);
  return [...handlerRules, ...(lifted ? [] : ofClasses.flat())].filter(isDenyingRule);
}

/**
 * What the nearest level says. Under a denying rule it is a user whom it takes, unless it says that it takes others: then nobody of
 * whom the rule cannot say yes.
 */
function effectiveMode(
  levels: Level[],
  denying: readonly DenyingRule[],
  withoutRule: CallerMode,
): CallerMode {
  const nearest = modeOf(nearestCallerRules(levels)) ?? withoutRule;
  if (denying.every((rule) => holdsUnder(nearest, rule))) return nearest;
  return STRICTNESS.includes(nearest) ? 'required' : 'nobody';
}

/** What the nearest level that has a word on it says of whom the route takes for its caller. */
function nearestCallerRules(levels: Level[]): CallerRule[] {
  return levels.map((level) => level.filter(isCallerRule)).find((rules) => rules.length > 0) ?? [];
}

/** A global guard has no say about a field: it belongs to what the operation above it returned, which was decided about. */
function modeWithoutRule(controller: Type, handler: Function): CallerMode {
  return isFieldAlone(handler, controller) && !hasGuard(controller, handler)
    ? 'public'
    : 'required';
}

function nearestTokenSources(levels: Level[]): TokenSource[] {
  const named = levels.map((rules) =>
    rules.flatMap(({ tokenSource }) => (tokenSource === undefined ? [] : [tokenSource])),
  );
  return [...new Set(named.find((sources) => sources.length > 0))];
}

/** Where one place has it twice, a rule for one kind of keys is stricter than one for any. */
function apiKeyKindOf(rules: readonly CallerRule[]): ApiKeyKind | undefined {
  return rules.find(({ apiKeyKind }) => apiKeyKind !== undefined)?.apiKeyKind;
}

function nearestSource(levels: Level[]): OrgSource | undefined {
  return levels.map(sourceOf).find((source) => source !== undefined);
}

function sourceOf(rules: Level): OrgSource | undefined {
  return rules.filter(isOrgRule).find(({ source }) => source !== undefined)?.source;
}

function orgSourcesOf(orgRules: readonly OrgRule[], inherited: OrgSource): OrgSource[] {
  return [...new Set(orgRules.map(({ source }) => source ?? inherited))];
}

/** A grant can be good for one use only, so that one which two rules ask for is asked for once. */
function distinctStepUps(rules: readonly StepUpRule[]): StepUpRequirement[] {
  const distinct = new Map(
    rules.map(({ requirement }) => [JSON.stringify(requirement), requirement]),
  );
  return [...distinct.values()];
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
