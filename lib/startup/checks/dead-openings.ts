import type { Type } from '@nestjs/common';
import { isCallerRule, type AccessRule, type CallerRule } from '../../rules/rule.js';
import { callerRulesOf } from '../../rules/caller-rules.js';
import { classChain } from '../../rules/declared-method.js';
import { readClassRules } from '../../rules/rule-metadata.js';
import { isEveryone, isOptional, type Callers } from '../../rules/callers.js';
import type { AuditedApplication } from '../application/audited-application.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

/** `@Public()` and `@OptionalUser()` on classes where they open no handler, although the class reads as if they did. */
export function findDeadOpenings({ handlers: all }: AuditedApplication): string[] {
  return [...handlersByClass(all)].flatMap(([type, handlers]) =>
    readClassRules(type)
      .filter(isOpening)
      .filter((rule) => !handlers.some((handler) => isOpenedBy(rule, handler)))
      .map(
        ({ decorator }) =>
          `${type.name}: ${decorator} on the class has no effect, because each of its handlers has another decorator for ` +
          'the caller, or a rule that requires one, its own or one of globalRules. Remove it, or move it to the handlers that it is for.',
      ),
  );
}

/** The handlers of each class and of the classes below it. */
function handlersByClass(all: readonly ApplicationHandler[]): Map<Type, ApplicationHandler[]> {
  const handlers = new Map<Type, ApplicationHandler[]>();
  for (const audited of all) {
    for (const type of classChain(audited.controller)) {
      const known = handlers.get(type);
      if (known === undefined) handlers.set(type, [audited]);
      else known.push(audited);
    }
  }
  return handlers;
}

/** A rule with a token source is not reported, because the other rules of the handlers use that source. */
function isOpening(rule: AccessRule): rule is CallerRule {
  return (
    isCallerRule(rule) &&
    (isEveryone(rule.callers) || isOptional(rule.callers)) &&
    rule.tokenSource === undefined
  );
}

function isOpenedBy(rule: CallerRule, { levels, policy }: ApplicationHandler): boolean {
  return isSameOpening(policy.callers, rule.callers) && callerRulesOf(levels).includes(rule);
}

function isSameOpening(one: Callers, other: Callers): boolean {
  return isEveryone(one) === isEveryone(other) && isOptional(one) === isOptional(other);
}
