import type { Type } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import {
  isDenyingRule,
  isMetadataRule,
  isOrgRule,
  isScopeRule,
  isStepUpRule,
  type AccessRule,
  type CallerRule,
  type DenyingRule,
  type OrgRule,
  type ScopeRule,
  type StepUpRequirement,
  type StepUpRule,
} from './access-rule.js';
import { callerRulesOf, callersUnder, impliedCallers } from './caller-rules.js';
import {
  acceptsOnly,
  CONTRADICTION,
  isEveryone,
  isOptional,
  MCP_CLIENT,
  USER,
  type Callers,
} from './callers.js';
import { canBeChecked } from './checkable-callers.js';
import { readCallerParameters, requiresAccount } from './caller-parameters.js';
import { callersForMcp, mcpRoleOf } from './for-mcp-clients.js';
import { flatten, levelsOf, type HandlerLevels, type Level } from './handler-levels.js';
import { DEFAULT_POLICY, type Policy } from './policy.js';

/**
 * Combines the rules of a method, of the methods it overrides, of its class and of the parent classes.
 *
 * @param name the name of the method
 * @param handler the function that is called
 * @param defaults where organization rules look when neither their level nor one outside of it names a source
 */
export function compilePolicy(
  type: Type,
  name: string | symbol,
  handler: Function,
  defaults: DefaultOrgSources,
): Policy {
  const handlerLevels = levelsOf(type, name);
  const levels = flatten(handlerLevels);
  const mcpRole = mcpRoleOf(type, handler);
  const byDefault = mcpRole === undefined ? undefined : MCP_CLIENT;
  const ofParameters = requiresAccount(type, name) && { requiresAccount: true as const };
  if (levels.every(({ rules }) => rules.length === 0)) {
    return { ...DEFAULT_POLICY, callers: byDefault ?? USER, ...ofParameters };
  }
  const denying = effectiveDenyingRules(handlerLevels);
  const orgRules = denying.filter(isOrgRule);
  const callerRules = callerRulesOf(handlerLevels);
  const callers = callersForMcp(effectiveCallers(callerRules, denying, byDefault), mcpRole);
  const isForMcpClients = acceptsOnly(callers, 'mcp');
  const defaultSource = isForMcpClients ? defaults.ofMcpToken : defaults.ofModule;
  return {
    callers,
    isExplicit: true,
    deniesImpersonation: denying.some(({ kind }) => kind === 'impersonation'),
    tokenSources: nearestTokenSources(levels),
    orgSources: orgSourcesOf(denyingLevels(handlerLevels), defaultSource),
    orgRequirements: orgRules.map(({ requirement }) => requirement),
    stepUps: distinctStepUps(denying.filter(isStepUpRule)),
    ...scopesOf(denying.filter(isScopeRule)),
    metadata: denying.filter(isMetadataRule).map(({ requirement }) => requirement),
    ...((orgRules.length > 0 ? orgRules : callerRules).some(isUnchecked) && { uncheckedOrg: true }),
    ...guardedByOf(callers, callerRules),
    ...(isForMcpClients && needsUser(orgRules, type, name) && { needsPresentUser: true }),
    ...ofParameters,
  };
}

function scopesOf(rules: readonly ScopeRule[]): Pick<Policy, 'scopes' | 'kindScopes'> {
  const needed = (kind: string | undefined) => [
    ...new Set(rules.filter(({ of }) => of === kind).flatMap(({ scopes }) => scopes)),
  ];
  const kinds = new Set(rules.flatMap(({ of }) => of ?? []));
  return {
    scopes: needed(undefined),
    ...(kinds.size > 0 && { kindScopes: new Map([...kinds].map((kind) => [kind, needed(kind)])) }),
  };
}

/** Where organization rules find the organization, if no decorator says it. */
export interface DefaultOrgSources {
  /** For all callers but MCP clients: the option of the module, or its default. */
  readonly ofModule: OrgSourceOption;
  /** For MCP clients: the one organization of their token. */
  readonly ofMcpToken: OrgSourceOption;
}

function isUnchecked({ uncheckedOrg }: CallerRule | OrgRule): boolean {
  return uncheckedOrg === true;
}

/** Only a handler for everyone is guarded by the application alone. */
function guardedByOf(
  callers: Callers,
  callerRules: readonly CallerRule[],
): Pick<Policy, 'guardedBy'> {
  const guardedBy = callerRules.find((rule) => rule.guardedBy !== undefined)?.guardedBy;
  return guardedBy !== undefined && isEveryone(callers) ? { guardedBy } : {};
}

/** Whether organization rules or `@CurrentUser()` need the user behind an MCP token. The token itself contains only the user's id. */
function needsUser(orgRules: readonly OrgRule[], type: Type, name: string | symbol): boolean {
  return orgRules.length > 0 || readCallerParameters(type, name).includes('@CurrentUser()');
}

/** Denying rules add up; only `@Public()` on the handler lifts those of the outer levels. */
export function effectiveDenyingRules(levels: HandlerLevels): DenyingRule[] {
  return [...new Set(denyingLevels(levels).flatMap(({ rules }) => rules))].filter(isDenyingRule);
}

/** The levels whose denying rules apply. */
function denyingLevels(levels: HandlerLevels): Level[] {
  const { rules } = levels.method;
  const callers = callersUnder(rules);
  const isLifted = callers !== undefined && isEveryone(callers) && !rules.some(isDenyingRule);
  return isLifted ? [] : flatten(levels);
}

/**
 * A denying rule implies a caller. If the caller rules accept callers on whom a denying rule cannot be checked, every call is rejected.
 *
 * @param byDefault the callers that any rule implies on a handler that accepts no others
 */
function effectiveCallers(
  callerRules: readonly CallerRule[],
  denying: readonly DenyingRule[],
  byDefault: Callers | undefined,
): Callers {
  const implied = byDefault ?? impliedCallers(denying) ?? USER;
  const callers = callersUnder(callerRules) ?? implied;
  const isMet = (by: Callers) => denying.every((rule) => canBeChecked(rule, by));
  if (isMet(callers)) return callers;
  // The implied callers replace everyone and an optional user, but never a caller that is required.
  const mayImply = isEveryone(callers) || isOptional(callers);
  return mayImply && isMet(implied) ? implied : CONTRADICTION;
}

function nearestTokenSources(levels: Level[]): TokenSource[] {
  const named = levels.map(({ rules }) =>
    rules.flatMap(({ tokenSource }) => (tokenSource === undefined ? [] : [tokenSource])),
  );
  return [...new Set(named.find((sources) => sources.length > 0))];
}

/**
 * Each rule uses the source of its own level, or of the nearest outer level with one. An inner level changes nothing about an outer rule.
 */
function orgSourcesOf(levels: readonly Level[], defaultSource: OrgSourceOption): OrgSourceOption[] {
  const sources = levels.flatMap(({ rules, outside }) => {
    const named = [rules, ...outside].map(sourceOf).find((source) => source !== undefined);
    return rules.filter(isOrgRule).map(({ source }) => source ?? named ?? defaultSource);
  });
  return [...new Set(sources)];
}

function sourceOf(rules: readonly AccessRule[]): OrgSourceOption | undefined {
  return rules.filter(isOrgRule).find(({ source }) => source !== undefined)?.source;
}

/** Two rules that require the same grant count once, because a grant may be valid for one use only. */
function distinctStepUps(rules: readonly StepUpRule[]): StepUpRequirement[] {
  return [
    ...new Map(rules.map(({ requirement }) => [JSON.stringify(requirement), requirement])).values(),
  ];
}
