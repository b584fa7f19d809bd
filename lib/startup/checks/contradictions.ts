import { isDeepStrictEqual } from 'node:util';
import { isCallerRule, isOverride, isRule } from '../../rules/rule.js';
import { isEveryone, kindsOf } from '../../rules/callers.js';
import { flatten } from '../../rules/handler-levels.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';
import { findUnmeetableRules } from './unmeetable-rules.js';

/** Contradictions in the rules of a handler, each with its fix. */
export function findContradictions(audited: ApplicationHandler, app: AuditedApplication): string[] {
  return [
    ...findConflictingCallers(audited),
    ...findIdleOverride(audited),
    ...findUnmeetableRules(audited, app.policies.kinds),
    ...audited.policy.checks.flatMap(({ type, combined }) => type.audit?.(combined, audited) ?? []),
    ...[...kindsOf(audited.policy.callers)].flatMap(
      ([name, only]) => app.policies.kinds(name)?.audit?.(audited, only) ?? [],
    ),
  ];
}

/** Two caller rules on one level: of two decorators, or of one with different options. */
function findConflictingCallers({ levels }: ApplicationHandler): string[] {
  return flatten(levels).flatMap(({ rules }) => {
    const callerRules = rules.filter(isCallerRule);
    const decorators = new Set(callerRules.map(({ decorator }) => decorator));
    const names = [...decorators].join(' and ');
    if (decorators.size > 1) return [`${names} are on the same method or class. Remove one.`];
    const [first, ...others] = callerRules;
    return others.some(({ callers }) => !isDeepStrictEqual(callers, first?.callers))
      ? [`${names} is used twice, with different options. Remove one.`]
      : [];
  });
}

/** `@OverrideRules()` where no rule of the class is dropped, although the handler reads as if one was. */
function findIdleOverride({ levels, policy }: ApplicationHandler): string[] {
  const override = levels.method.rules.find(isOverride);
  if (override === undefined) return [];
  const dropped = levels.classes.flatMap(({ isDropped, rules }) => (isDropped ? rules : []));
  if (dropped.some(isRule) && !isEveryone(policy.callers)) return [];
  const why = dropped.some(isRule)
    ? '@Public() lifts the rules of the class already'
    : 'its class and the parent classes have no rules';
  return [`${override.decorator} has no effect, because ${why}. Remove it.`];
}
