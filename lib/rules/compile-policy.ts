import type { Type } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import { isCallerRule, isRule, type AccessRule, type CallerRule } from './rule.js';
import { callerRulesOf, callersUnder, impliedCallers, implyingRules } from './caller-rules.js';
import {
  acceptsOnly,
  callersOfKinds,
  CONTRADICTION,
  isEveryone,
  isOptional,
  USER,
  type Callers,
} from './callers.js';
import { parameterRulesOf, readCallerParameters } from './caller-parameters.js';
import { decoratedLevels, flatten, levelsOf } from './handler-levels.js';
import type { HandlerLevels, Level } from './rule.js';
import { accessModeOf } from './handler-access.js';
import type { Policy, RoleLookUp } from './policy.js';
import type { PlacedRule, Rule, RuleCheck, RuleDefaults } from './rule.js';
import { RULE_TYPES } from './rule-types.js';
import { canBeChecked, onlyKindIn, type KindLookUp } from './verdicts.js';

/** What an application says about handlers, beside their rules. */
export interface HandlerContext {
  /** The rules of all handlers. */
  readonly globalRules: readonly AccessRule[];
  /** Whether the handler is a field of an operation that has met the rules of all handlers. Default: `false`. */
  readonly isInOperation?: boolean;
  /** Where organization rules look when neither their level nor one outside of it names a source. */
  readonly orgSource: OrgSourceOption;
  /** The kinds of callers of the application. */
  readonly kinds: KindLookUp;
  readonly roleOf: RoleLookUp;
  /** The rules and loaders of the application. */
  readonly own: RuleDefaults['own'];
}

/** The rules of a handler. Where a library says which callers it serves, global rules do not. */
export function levelsIn(
  { globalRules, isInOperation = false, roleOf }: HandlerContext,
  type: Type,
  name: string | symbol,
  handler: Function,
): HandlerLevels {
  const isServedToOne = roleOf(type, handler) !== undefined;
  return levelsOf(type, name, {
    rules: isServedToOne ? globalRules.filter(isRule) : globalRules,
    outside: [],
    isGlobal: true,
    ...(isInOperation && { isDropped: true }),
  });
}

/**
 * Combines the rules of a method, of the methods it overrides, of its class, of the parent classes and of the module.
 *
 * @param name the name of the method
 * @param handler the function that is called
 */
export function compilePolicy(
  type: Type,
  name: string | symbol,
  handler: Function,
  context: HandlerContext,
): Policy {
  const { globalRules, orgSource: byDefault, kinds, roleOf, own } = context;
  const handlerLevels = levelsIn(context, type, name, handler);
  const levels = flatten(handlerLevels);
  const rules = effectiveRules(handlerLevels);
  const callerRules = callerRulesOf(handlerLevels);
  const onlyKind = roleOf(type, handler)?.onlyKind;
  const callers = servedCallers(
    effectiveCallers(callerRules, rulesAboutCallers(handlerLevels), kinds, onlyKind),
    onlyKind,
  );
  const { orgSource = byDefault } = onlyKindIn(callers, kinds) ?? {};
  const ofParameters = parameterRulesOf(type, name).map(placedAt(handlerLevels.method));
  return {
    callers,
    checks: checksOf([...rules, ...ofParameters], { orgSource, own }),
    isExplicit: decoratedLevels(handlerLevels).some((level) => level.rules.length > 0),
    tokenSources: nearestTokenSources(levels),
    ...decoratorOf(
      callers,
      callerRules.filter((rule) => !globalRules.includes(rule)),
    ),
    ...(callerRules.some(({ uncheckedOrg }) => uncheckedOrg) && { uncheckedOrg: true }),
    ...(needsUser(rules, type, name) && { needsPresentUser: true }),
  };
}

/** One check for each type of rules, in the order in which they are checked. */
export function checksOf(rules: readonly PlacedRule[], defaults: RuleDefaults): RuleCheck[] {
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

/** Whether a rule or a parameter needs the user. The credential may contain only their id. */
function needsUser(rules: readonly Rule[], type: Type, name: string | symbol): boolean {
  return (
    rules.some((rule) => rule.type.needsUser) ||
    readCallerParameters(type, name).some(({ isUser }) => isUser)
  );
}

/** The rules that callers have to meet. They add up; `@OverrideRules()` on the handler drops those of its class and the classes above. */
export function effectiveRules(levels: HandlerLevels): PlacedRule[] {
  return placedRules(levels).filter(({ level }) => !level.isDropped);
}

/** The rules that say who the callers are: also those that are dropped, unless the handler names its callers itself. */
export function rulesAboutCallers(levels: HandlerLevels): PlacedRule[] {
  return levels.method.rules.some(isCallerRule) ? effectiveRules(levels) : placedRules(levels);
}

/** Only `@Public()` on the handler lifts the rules of all outer levels. */
function placedRules(levels: HandlerLevels): PlacedRule[] {
  const { rules } = levels.method;
  const callers = callersUnder(rules);
  const isLifted = callers !== undefined && isEveryone(callers) && !rules.some(isRule);
  if (isLifted) return [];
  return flatten(levels).flatMap((level) => level.rules.filter(isRule).map(placedAt(level)));
}

function placedAt(level: Level): (rule: Rule) => PlacedRule {
  return (rule) => ({ ...rule, level });
}

/**
 * A rule implies a caller. If the caller rules accept callers on whom a rule cannot be checked, every call is rejected.
 *
 * @param onlyKind the only kind that the library of the handler serves, if it is one
 */
function effectiveCallers(
  callerRules: readonly CallerRule[],
  rules: readonly PlacedRule[],
  kinds: KindLookUp,
  onlyKind: string | undefined,
): Callers {
  const implied =
    onlyKind === undefined
      ? (impliedCallers(implyingRules(rules)) ?? USER)
      : callersOfKinds({ [onlyKind]: undefined });
  const callers = callersUnder(callerRules) ?? implied;
  const isMet = (by: Callers) => rules.every((rule) => canBeChecked(rule, by, kinds));
  if (isMet(callers)) return callers;
  // The implied callers replace everyone and an optional user, but never a caller that is required.
  const mayImply = isEveryone(callers) || isOptional(callers);
  return mayImply && isMet(implied) ? implied : CONTRADICTION;
}

/** Under rules about other kinds, a library that serves one kind serves nobody. */
function servedCallers(callers: Callers, onlyKind: string | undefined): Callers {
  const isServed = onlyKind === undefined || isEveryone(callers) || acceptsOnly(callers, onlyKind);
  return isServed ? callers : CONTRADICTION;
}

function nearestTokenSources(levels: Level[]): TokenSource[] {
  const named = levels.map(({ rules }) =>
    rules.flatMap(({ tokenSource }) => (tokenSource === undefined ? [] : [tokenSource])),
  );
  return [...new Set(named.find((sources) => sources.length > 0))];
}
