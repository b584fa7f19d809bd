import type { Type } from '@nestjs/common';
import { isEveryone } from './callers.js';
import { compilePolicy } from './compile-policy.js';
import { tracedName } from './declared-method.js';
import { hasUnknownRules } from './ruled-classes.js';

const known = new WeakMap<Type, WeakMap<Function, boolean | 'unknown'>>();

/** Whether a decorator of this package restricts the callers of a handler, in any application. */
export function isUnderRule(type: Type, handler: Function): boolean | 'unknown' {
  const ofType = known.get(type) ?? new WeakMap<Function, boolean | 'unknown'>();
  known.set(type, ofType);
  const answer = ofType.get(handler) ?? findOut(type, handler);
  ofType.set(handler, answer);
  return answer;
}

function findOut(type: Type, handler: Function): boolean | 'unknown' {
  if (hasUnknownRules(type, handler)) return 'unknown';
  const name = tracedName(type, handler);
  return name !== undefined && asksCallers(type, name, handler);
}

/** Whether a decorator of this package asks something of the callers of a method. */
export function asksCallers(type: Type, name: string | symbol, handler: Function): boolean {
  const { isExplicit, callers } = compilePolicy(type, name, handler, noSources, noKinds);
  return isExplicit && !isEveryone(callers);
}

/** Neither organizations nor kinds of callers matter here. */
const noSource = (): undefined => undefined;
const noSources = { ofModule: noSource, ofMcpToken: noSource };
const noKinds = (): undefined => undefined;
