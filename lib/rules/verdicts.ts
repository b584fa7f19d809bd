import { isOptional, kindsOf, type Callers } from './callers.js';
import type { KindFacts, PlacedRule, Rule, Verdict } from './rule.js';

/** Finds what a kind of callers shows about itself; `undefined` for one that is not known. */
export type KindLookUp = (name: string) => KindFacts | undefined;

/** The kind of callers that is accepted, if it is known and the only one. */
export function onlyKindIn(callers: Callers, kinds: KindLookUp): KindFacts | undefined {
  const [name, ...others] = kindsOf(callers).keys();
  return name === undefined || others.length > 0 ? undefined : kinds(name);
}

/** Whether a rule can be checked on these callers. A rule rejects all other callers, unless it is one of the module. */
export function canBeChecked(rule: PlacedRule, callers: Callers, kinds: KindLookUp): boolean {
  if (isOptional(callers)) return rule.type.acceptsNobody?.(rule.argument) === true;
  const verdicts = [...verdictsOn(rule, callers, kinds).values()];
  if (verdicts.includes('never')) return false;
  const asksNothing = rule.level.isGlobal === true && kindsOf(callers).size > 0;
  return asksNothing || verdicts.includes('checked');
}

/** What a rule means for the accepted kinds that it is about. That an unknown kind shows nothing is an error of its own. */
export function verdictsOn(
  rule: Rule,
  callers: Callers,
  kinds: KindLookUp,
): ReadonlyMap<string, Verdict> {
  const names = [...kindsOf(callers).keys()].filter(
    (name) => rule.of === undefined || rule.of === name,
  );
  return new Map(
    names.map((name) => {
      const kind = kinds(name);
      return [name, kind === undefined ? 'checked' : rule.type.on(kind, rule.argument)];
    }),
  );
}
