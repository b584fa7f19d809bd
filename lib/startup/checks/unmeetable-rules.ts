import type { ApplicationHandler } from '../application/application-handlers.js';
import {
  callerRulesOf,
  impliedCallers,
  implyingRules,
  ruleAboutKind,
} from '../../rules/caller-rules.js';
import { DEFAULT_KIND, isEveryone, isOptional, type Callers } from '../../rules/callers.js';
import { rulesAboutCallers } from '../../rules/compile-policy.js';
import { flatten } from '../../rules/handler-levels.js';
import { overrideAdvice } from '../../rules/override-advice.js';
import { isCallerRule, type AccessRule, type PlacedRule, type Rule } from '../../rules/rule.js';
import { canBeChecked, verdictsOn, type KindLookUp } from '../../rules/verdicts.js';

/** The decorator that says who calls a handler, and its level. */
export interface CallerWord {
  readonly callers: Callers;
  readonly decorator: string;
  readonly level: number;
}

/** Finds a handler that accepts callers whom one of its rules always rejects. */
export function findUnmeetableRules(audited: ApplicationHandler, kinds: KindLookUp): string[] {
  const word = callerWordOf(audited);
  if (word === undefined) return [];
  const rule = rulesAboutCallers(audited.levels).find(
    (one) => !canBeChecked(one, word.callers, kinds),
  );
  if (rule === undefined) return [];
  return [
    `${word.decorator} contradicts ${rule.decorator}, which ${reasonFor(rule, word.callers, kinds)}. ${adviceFor(word, rule, audited)}`,
  ];
}

function adviceFor(word: CallerWord, rule: PlacedRule, { levels }: ApplicationHandler): string {
  const level = flatten(levels)[word.level];
  if (level === rule.level) return 'Remove one of them.';
  // The callers of the handler itself replace those of its class.
  if (level === levels.global || rule.level === levels.method) {
    return 'Name the callers of the handler, as in @RequireUser().';
  }
  if (rule.level === levels.global) {
    return `Remove ${word.decorator}, or move ${rule.decorator} to the classes that it is for.`;
  }
  const namesCallers = level === levels.method && level.rules.some(isCallerRule);
  const advice = namesCallers
    ? overrideAdvice(levels, (one) => rule.level.rules.includes(one))
    : '';
  return `Remove ${word.decorator}${advice || `, or move the handler to a class without ${rule.decorator}`}.`;
}

/** The nearest decorator that names the caller, else the nearest rule that implies one: a rule about one kind, or of a type that is. */
export function callerWordOf({ levels }: ApplicationHandler): CallerWord | undefined {
  const all = flatten(levels).map(({ rules }) => rules);
  const [callerRule] = callerRulesOf(levels);
  const level = all.findIndex((rules) => rules.some((rule) => rule === callerRule));
  if (callerRule !== undefined && !(level > 0 && isDefault(callerRule.callers))) {
    return { callers: callerRule.callers, decorator: callerRule.decorator, level };
  }
  return impliedWordIn(all, levels);
}

function impliedWordIn(
  all: readonly (readonly AccessRule[])[],
  levels: ApplicationHandler['levels'],
): CallerWord | undefined {
  const rule = ruleAboutKind(implyingRules(rulesAboutCallers(levels)));
  const callers = rule && impliedCallers([rule]);
  if (rule === undefined || callers === undefined) return undefined;
  const level = all.findIndex((one) => one === rule.level.rules);
  return { callers, decorator: rule.decorator, level };
}

/** Whether these callers, on a class, are only a default: a rule replaces them with the callers that it implies. */
function isDefault(callers: Callers): boolean {
  return isEveryone(callers) || isOptional(callers);
}

function reasonFor(rule: Rule, callers: Callers, kinds: KindLookUp): string {
  const verdicts = [...verdictsOn(rule, callers, kinds)];
  const unable = verdicts.flatMap(([name, verdict]) => (verdict === 'checked' ? [] : [name]));
  const [unanswered] = unable.flatMap((name) => kinds(name)?.unanswered?.[rule.type.name] ?? []);
  if (unanswered !== undefined) return `cannot be checked: ${unanswered}`;
  const isPartly = unable.length > 0 && unable.length < verdicts.length;
  if (isPartly && rule.type.partly !== undefined) return rule.type.partly;
  return `requires a caller of the kind '${rule.of ?? rule.type.implies ?? DEFAULT_KIND}'`;
}
