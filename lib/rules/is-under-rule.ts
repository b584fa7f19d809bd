import type { Type } from '@nestjs/common';
import { isEveryone } from './callers.js';
import { compilePolicy } from './compile-policy.js';
import { tracedName } from './declared-method.js';
import { hasGuard } from './guard-metadata.js';
import { hasUnknownRules } from './ruled-classes.js';
import { onChangedRules } from './rule-changes.js';

/**
 * What is known about the rules of a handler in any application: none, one that accepts everyone, the guard alone, which the application has
 * put there itself, one that asks something of callers, or that it is unknown which ones apply.
 */
type KnownRule = 'none' | 'everyone' | 'guard' | 'callers' | 'unknown';

let known = new WeakMap<Type, WeakMap<Function, KnownRule>>();
// A handler that gets a rule after somebody asked must not stay open.
onChangedRules(() => {
  known = new WeakMap();
});

/** Whether a decorator of this package restricts the callers of a handler, in any application. */
export function isUnderRule(type: Type, handler: Function): boolean | 'unknown' {
  const rule = ruleOf(type, handler);
  return rule === 'unknown' ? rule : rule === 'callers';
}

/** Whether a handler has a rule of its own, or of its class. Without one, only global rules can apply, which applications have. */
export function hasRule(type: Type, handler: Function): boolean {
  return ruleOf(type, handler) !== 'none';
}

function ruleOf(type: Type, handler: Function): KnownRule {
  return known.get(type)?.get(handler) ?? remember(type, handler);
}

function remember(type: Type, handler: Function): KnownRule {
  const rule = findOut(type, handler);
  const ofType = known.get(type) ?? new WeakMap<Function, KnownRule>();
  known.set(type, ofType.set(handler, rule));
  return rule;
}

function findOut(type: Type, handler: Function): KnownRule {
  if (hasUnknownRules(type, handler)) return 'unknown';
  const name = tracedName(type, handler);
  const { isExplicit, callers } = compilePolicy(type, name ?? '', handler, NOTHING);
  if (isExplicit) return isEveryone(callers) ? 'everyone' : 'callers';
  return hasGuard(type) || hasGuard(handler) ? 'guard' : 'none';
}

/** Whether a decorator of this package asks something of the callers of a method. */
export function asksCallers(type: Type, name: string | symbol, handler: Function): boolean {
  const { isExplicit, callers } = compilePolicy(type, name, handler, NOTHING);
  return isExplicit && !isEveryone(callers);
}

const nothing = (): undefined => undefined;
const noProvider = (): never => {
  throw new Error('Without an application, there is no provider.');
};
/** Neither organizations nor kinds of callers matter here, and no rule is asked. */
const NOTHING = {
  globalRules: [],
  orgSource: nothing,
  kinds: nothing,
  roleOf: nothing,
  own: { ruleOf: noProvider, ruleOfGuard: noProvider, loaderOf: noProvider },
};
