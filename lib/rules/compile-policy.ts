import type { Type } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import { isRule, type CallerRule } from './rule.js';
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
import { parameterRulesOf, takesParameter } from './caller-parameters.js';
import { callersForMcp, mcpRoleOf } from './for-mcp-clients.js';
import { flatten, levelsOf } from './handler-levels.js';
import type { HandlerLevels, Level } from './rule.js';
import { accessModeOf } from './handler-access.js';
import { DEFAULT_POLICY, type Policy } from './policy.js';
import type { PlacedRule, Rule, RuleCheck, RuleDefaults } from './rule.js';
import { RULE_TYPES } from './rule-types.js';
import { canBeChecked, type KindLookUp } from './verdicts.js';

/** Where organization rules find the organization, if no decorator says it. */
export interface DefaultOrgSources {
  /** For all callers but MCP clients: the option of the module, or its default. */
  readonly ofModule: OrgSourceOption;
  /** For MCP clients: the one organization of their token. */
  readonly ofMcpToken: OrgSourceOption;
}

/**
 * Combines the rules of a method, of the methods it overrides, of its class and of the parent classes.
 *
 * @param name the name of the method
 * @param handler the function that is called
 * @param defaults where organization rules look when neither their level nor one outside of it names a source
 * @param kinds the kinds of callers of the application
 */
export function compilePolicy(
  type: Type,
  name: string | symbol,
  handler: Function,
  defaults: DefaultOrgSources,
  kinds: KindLookUp,
): Policy {
  const handlerLevels = levelsOf(type, name);
  const levels = flatten(handlerLevels);
  const mcpRole = mcpRoleOf(type, handler);
  const byDefault = mcpRole === undefined ? undefined : MCP_CLIENT;
  const ofParameters = parameterRulesOf(type, name).map(placedAt(handlerLevels.method));
  if (levels.every(({ rules }) => rules.length === 0)) {
    const checks = checksOf(ofParameters, { orgSource: defaults.ofModule });
    return { ...DEFAULT_POLICY, callers: byDefault ?? USER, checks };
  }
  const rules = effectiveRules(handlerLevels);
  const callerRules = callerRulesOf(handlerLevels);
  const callers = callersForMcp(effectiveCallers(callerRules, rules, byDefault, kinds), mcpRole);
  const isForMcpClients = acceptsOnly(callers, 'mcp');
  const orgSource = isForMcpClients ? defaults.ofMcpToken : defaults.ofModule;
  return {
    callers,
    checks: checksOf([...rules, ...ofParameters], { orgSource }),
    isExplicit: true,
    tokenSources: nearestTokenSources(levels),
    ...decoratorOf(callers, callerRules),
    ...(callerRules.some(({ uncheckedOrg }) => uncheckedOrg) && { uncheckedOrg: true }),
    ...guardedByOf(callers, callerRules),
    ...(isForMcpClients && needsUser(rules, type, name) && { needsPresentUser: true }),
  };
}

/** One check for each type of rules, in the order in which they are checked. */
function checksOf(rules: readonly PlacedRule[], defaults: RuleDefaults): RuleCheck[] {
  const unlisted = rules.find(({ type }) => !RULE_TYPES.includes(type));
  // A rule that nobody checks must not be lost.
  if (unlisted !== undefined) {
    throw new Error(
      `${unlisted.decorator} has a type of rules that is not in RULE_TYPES. Add it there.`,
    );
  }
  return RULE_TYPES.flatMap((type) => {
    const ofType = rules.filter((rule) => rule.type === type);
    return ofType.length === 0 ? [] : [{ type, combined: type.combine(ofType, defaults) }];
  });
}

/** The decorator that names the callers, unless a rule implies others than `@Public()` or `@OptionalUser()` names. */
function decoratorOf(
  callers: Callers,
  callerRules: readonly CallerRule[],
): Pick<Policy, 'decorator'> {
  const mode = accessModeOf(callers);
  const naming = callerRules.find((rule) => accessModeOf(rule.callers) === mode);
  return naming === undefined ? {} : { decorator: naming.decorator };
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
function needsUser(rules: readonly Rule[], type: Type, name: string | symbol): boolean {
  return (
    rules.some((rule) => rule.type.name === 'org') || takesParameter(type, name, '@CurrentUser()')
  );
}

/** Rules add up; only `@Public()` on the handler lifts those of the outer levels. */
export function effectiveRules(levels: HandlerLevels): PlacedRule[] {
  const { rules } = levels.method;
  const callers = callersUnder(rules);
  const isLifted = callers !== undefined && isEveryone(callers) && !rules.some(isRule);
  if (isLifted) return [];
  const placed = flatten(levels).flatMap((level) =>
    level.rules.filter(isRule).map(placedAt(level)),
  );
  return placed;
}

function placedAt(level: Level): (rule: Rule) => PlacedRule {
  return (rule) => ({ ...rule, level });
}

/**
 * A rule implies a caller. If the caller rules accept callers on whom a rule cannot be checked, every call is rejected.
 *
 * @param byDefault the callers that any rule implies on a handler that accepts no others
 */
function effectiveCallers(
  callerRules: readonly CallerRule[],
  rules: readonly Rule[],
  byDefault: Callers | undefined,
  kinds: KindLookUp,
): Callers {
  const implied = byDefault ?? impliedCallers(rules) ?? USER;
  const callers = callersUnder(callerRules) ?? implied;
  const isMet = (by: Callers) => rules.every((rule) => canBeChecked(rule, by, kinds));
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
