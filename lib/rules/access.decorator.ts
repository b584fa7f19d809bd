import type { Type } from '@nestjs/common';
import { isCallerRule, isOverride, type AccessRule } from './rule.js';
import {
  readClassRules,
  readMethodRules,
  recordClassRule,
  recordMethodRule,
} from './rule-metadata.js';
import { markMethod, markMethods, methodsOf } from './declared-method.js';
import { innerClassOf, placeHandlerGuard } from '../guard/propel-auth.guard.js';
import { markCopy } from './package-copy.js';
import { markForOpenApi } from './open-api-security.js';
import { isEveryone } from './callers.js';
import { roleOf } from '../transports/call-of.js';

/**
 * A decorator for controllers and their methods, such as the result of `@RequireUser()`.
 *
 * @publicApi
 */
export type AccessDecorator = ClassDecorator & MethodDecorator;

/** Makes the decorator that records a rule, puts the guard in place and marks the route for OpenAPI. */
export function createAccessDecorator(rule: AccessRule): AccessDecorator {
  const decorate: AccessDecorator = (
    target: object,
    propertyKey?: string | symbol,
    descriptor?: PropertyDescriptor,
  ): void => {
    assertCanBeCalled(rule, target, propertyKey);
    if (propertyKey === undefined) decorateClass(rule, target as Function);
    else decorateMethod(rule, target.constructor, propertyKey, descriptor);
  };
  rules.set(decorate, rule);
  return decorate;
}

/** What decorators write, by the decorators. */
const rules = new WeakMap<object, AccessRule>();

/** What a decorator of this package writes; `undefined` for anything else, such as several decorators in one. */
export function ruleOfDecorator(decorator: unknown): AccessRule | undefined {
  return typeof decorator === 'function' ? rules.get(decorator) : undefined;
}

/**
 * The guard of a class stays if its methods are replaced, and the guard of a method stays if the class is replaced: a class decorator may
 * return another class, without Nest's metadata of the first.
 */
function decorateClass(rule: AccessRule, type: Function): void {
  markCopy(type);
  markMethods(type);
  recordClassRule(type, rule);
  if (needsGuard(rule, type)) {
    [type, innerClassOf(type), ...methodsOf(type)].forEach(placeHandlerGuard);
  }
  markForOpenApi(type, readClassRules(type));
}

function decorateMethod(
  rule: AccessRule,
  owner: Function,
  name: string | symbol,
  descriptor: PropertyDescriptor | undefined,
): void {
  const method: unknown = descriptor?.value;
  if (typeof method !== 'function') {
    throw new TypeError(
      `${rule.decorator} is on "${String(name)}", which is neither a class nor a method. Move it to a class or a method.`,
    );
  }
  markCopy(owner);
  markMethods(owner);
  // A decorator below may have wrapped the function. An inherited function is not marked, because all subclasses share it.
  if (Object.hasOwn(owner.prototype as object, name)) {
    markMethod(method, { owner: owner as Type, name });
  }
  recordMethodRule(owner, name, rule);
  if (needsGuard(rule, owner)) [owner, method].forEach(placeHandlerGuard);
  // It changes nothing about the credential that clients bring.
  if (!isOverride(rule)) markForOpenApi(method, readMethodRules(owner, name));
}

/** Rejects static methods and methods named by a symbol, because Nest calls neither, and what is for methods alone on a class. */
function assertCanBeCalled(
  rule: AccessRule,
  target: object,
  propertyKey: string | symbol | undefined,
): void {
  const { decorator } = rule;
  if (propertyKey === undefined) {
    if (!isOverride(rule)) return;
    throw new TypeError(
      `${decorator} is on the class ${(target as Function).name}. Move it to the handlers that need other rules than the class.`,
    );
  }
  const isStatic = typeof target === 'function';
  if (!isStatic && typeof propertyKey !== 'symbol') return;
  throw new TypeError(
    `${decorator} is on "${String(propertyKey)}", a ${isStatic ? 'static method' : 'method with a symbol for its name'}, ` +
      'which handles no requests. Remove it, and check with PropelAuthService instead.',
  );
}

/** Under `@Public()` alone there is nothing to guard, except on an endpoint: the handlers behind it have rules of their own. */
function needsGuard(rule: AccessRule, type: Function): boolean {
  return !isCallerRule(rule) || !isEveryone(rule.callers) || roleOf(type)?.isEndpoint === true;
}
