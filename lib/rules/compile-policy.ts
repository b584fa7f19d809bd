import type { Type } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import {
  isDenyingRule,
  isOrgRule,
  isScopeRule,
  isStepUpRule,
  type AccessRule,
  type ApiKeyKind,
  type CallerMode,
  type CallerRule,
  type DenyingRule,
  type OrgRule,
  type StepUpRequirement,
  type StepUpRule,
} from './access-rule.js';
import { callerRulesOf, impliedMode, modeOf, STRICTNESS } from './caller-rules.js';
import { readCallerParameters } from './caller-parameters.js';
import type { DeclaredMethod } from './declared-method.js';
import { mcpRoleOf, modeForMcp } from './for-mcp-clients.js';
import { flatten, levelsOf, type HandlerLevels, type Level } from './handler-levels.js';
import { DEFAULT_POLICY, distinctRequirements, type Policy } from './policy.js';

/** The callers that each kind of rule can check. It rejects all others. */
const MODES_UNDER: Record<DenyingRule['kind'], readonly CallerMode[]> = {
  org: ['user', 'api-key', 'user-or-api-key', 'mcp'],
  impersonation: ['user', 'user-or-api-key'],
  'step-up': ['user'],
  scope: ['mcp'],
};

/**
 * Combines the rules of a method, of the methods it overrides, of its class and of the parent classes.
 *
 * @param handler the function that is called
 * @param defaults where organization rules look when neither their level nor one outside of it names a source
 */
export function compilePolicy(
  type: Type,
  method: DeclaredMethod,
  handler: Function,
  defaults: DefaultOrgSources,
): Policy {
  const handlerLevels = levelsOf(type, method);
  const levels = flatten(handlerLevels);
  const mcpRole = mcpRoleOf(type, method, handler);
  const implied = mcpRole === undefined ? 'user' : 'mcp';
  if (levels.every(({ rules }) => rules.length === 0)) return { ...DEFAULT_POLICY, mode: implied };
  const denying = effectiveDenyingRules(handlerLevels);
  const orgRules = denying.filter(isOrgRule);
  const callerRules = callerRulesOf(handlerLevels);
  const mode = modeForMcp(effectiveMode(callerRules, denying, implied), mcpRole);
  return {
    mode,
    isExplicit: true,
    apiKeyKind: apiKeyKindOf(callerRules.filter((rule) => rule.mode === mode)),
    deniesImpersonation: denying.some(({ kind }) => kind === 'impersonation'),
    tokenSources: nearestTokenSources(levels),
    orgSources: orgSourcesOf(denyingLevels(handlerLevels), defaultSourceIn(mode, defaults)),
    orgRequirements: orgRules.map(({ requirement }) => requirement),
    stepUps: distinctStepUps(denying.filter(isStepUpRule)),
    scopes: [...new Set(denying.filter(isScopeRule).flatMap(({ scopes }) => scopes))],
    ...(callerRules.some(isUnchecked) && { uncheckedOrg: true }),
    ...(mode === 'mcp' && needsUser(orgRules, type, method) && { needsPresentUser: true }),
  };
}

/** Where organization rules look when no decorator says it. */
export interface DefaultOrgSources {
  /** What the module says, for most callers. */
  readonly ofModule: OrgSourceOption;
  /** For MCP clients: the one organization that their token is for. */
  readonly ofMcpToken: OrgSourceOption;
}

function defaultSourceIn(
  mode: CallerMode,
  { ofModule, ofMcpToken }: DefaultOrgSources,
): OrgSourceOption {
  return mode === 'mcp' ? ofMcpToken : ofModule;
}

function isUnchecked({ uncheckedOrg }: CallerRule): boolean {
  return uncheckedOrg === true;
}

/** Whether a rule is about the user behind an MCP token, or the handler takes the user: the token alone says only who it is. */
function needsUser(orgRules: readonly OrgRule[], type: Type, { name }: DeclaredMethod): boolean {
  return orgRules.length > 0 || readCallerParameters(type, name).includes('@CurrentUser()');
}

/** Whether a rule can check the callers of this mode. */
export function appliesUnder(mode: CallerMode, { kind }: DenyingRule): boolean {
  return MODES_UNDER[kind].includes(mode);
}

/** Denying rules add up; only `@Public()` on the handler lifts those of the outer levels. */
export function effectiveDenyingRules(levels: HandlerLevels): DenyingRule[] {
  return [...new Set(denyingLevels(levels).flatMap(({ rules }) => rules))].filter(isDenyingRule);
}

/** The levels whose denying rules apply. */
function denyingLevels(levels: HandlerLevels): Level[] {
  const { rules } = levels.method;
  const isLifted = modeOf(rules) === 'public' && !rules.some(isDenyingRule);
  return isLifted ? [] : flatten(levels);
}

/**
 * A denying rule implies a caller. If the caller rules accept callers that it cannot check, every call is rejected.
 *
 * @param byDefault whom a rule implies that says nothing of it
 */
function effectiveMode(
  callerRules: readonly CallerRule[],
  denying: readonly DenyingRule[],
  byDefault: 'user' | 'mcp',
): CallerMode {
  const implied = byDefault === 'mcp' ? 'mcp' : (impliedMode(denying) ?? 'user');
  const mode = modeOf(callerRules) ?? implied;
  const isMet = (by: CallerMode) => denying.every((rule) => appliesUnder(by, rule));
  if (isMet(mode)) return mode;
  // Rules imply a user where one is optional or none is looked for, and an MCP token there too, but not where a user is required.
  const mayImply = mode !== 'user' && STRICTNESS.includes(mode);
  return mayImply && isMet(implied) ? implied : 'nobody';
}

function nearestTokenSources(levels: Level[]): TokenSource[] {
  const named = levels.map(({ rules }) =>
    rules.flatMap(({ tokenSource }) => (tokenSource === undefined ? [] : [tokenSource])),
  );
  return [...new Set(named.find((sources) => sources.length > 0))];
}

/** Of two rules, the one for one kind of keys is stricter than the one for any. */
function apiKeyKindOf(rules: readonly CallerRule[]): ApiKeyKind | undefined {
  return rules.find(({ apiKeyKind }) => apiKeyKind !== undefined)?.apiKeyKind;
}

/** Each rule looks where its own level says, else where one outside of that says: an inner level changes nothing about an outer rule. */
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

function distinctStepUps(rules: readonly StepUpRule[]): StepUpRequirement[] {
  return distinctRequirements(rules.map(({ requirement }) => requirement));
}
