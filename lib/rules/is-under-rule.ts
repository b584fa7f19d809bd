import type { Type } from '@nestjs/common';
import { isEveryone } from './callers.js';
import { compilePolicy } from './compile-policy.js';
import { traceMethod, type DeclaredMethod } from './declared-method.js';

const known = new WeakMap<Type, WeakMap<Function, boolean>>();

/** Whether a decorator of this package restricts the callers of a handler, in any application. */
export function isUnderRule(type: Type, handler: Function): boolean {
  const ofType = known.get(type) ?? new WeakMap<Function, boolean>();
  known.set(type, ofType);
  const answer =
    ofType.get(handler) ??
    traceMethod(type, handler).some((method) => asksCallers(type, method, handler));
  ofType.set(handler, answer);
  return answer;
}

/** Whether a decorator of this package asks something of the callers of a method. */
export function asksCallers(type: Type, method: DeclaredMethod, handler: Function): boolean {
  const { isExplicit, callers } = compilePolicy(type, method, handler, noSources);
  return isExplicit && !isEveryone(callers);
}

/** Org sources do not matter here. */
const noSource = (): undefined => undefined;
const noSources = { ofModule: noSource, ofMcpToken: noSource };
