import { UseGuards } from '@nestjs/common';
import {
  readAccessRules,
  recordAccessRule,
  recordMethodRule,
  type AccessRule,
} from '../access-rule.js';
import { PropelAuthGuard } from '../propel-auth.guard.js';
import { markForOpenApi } from './open-api-security.js';

/**
 * A decorator for controllers and their methods: what `@RequireUser()` and its siblings give.
 *
 * @publicApi
 */
export type AccessDecorator = ClassDecorator & MethodDecorator;

/** Makes the decorator that records a rule, puts the guard on the route and marks it for OpenAPI. */
export function createAccessDecorator(rule: AccessRule): AccessDecorator {
  return (target: object, propertyKey?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const subject = subjectOf(rule.decorator, target, propertyKey, descriptor);
    if (needsGuard(rule) && !readAccessRules(subject).some(needsGuard)) {
      bindGuard(target, propertyKey, descriptor);
    }
    recordAccessRule(subject, rule);
    if (propertyKey !== undefined) recordMethodRule(ownerOf(target), propertyKey, rule);
    markForOpenApi(subject, rule);
  };
}

/** The function that carries the metadata: the class, or the method itself. */
function subjectOf(
  decorator: string,
  target: object,
  propertyKey: string | symbol | undefined,
  descriptor: PropertyDescriptor | undefined,
): Function {
  const subject: unknown = propertyKey === undefined ? target : descriptor?.value;
  if (typeof subject !== 'function') {
    throw new TypeError(
      `${decorator} goes on a class or a method, and "${String(propertyKey)}" is neither.`,
    );
  }
  return subject;
}

/** The class of a method: of a static one the class itself. */
function ownerOf(target: object): Function {
  return typeof target === 'function' ? target : target.constructor;
}

/** Under `@Public()` alone there is nothing to guard. */
function needsGuard(rule: AccessRule): boolean {
  return rule.kind !== 'caller' || rule.mode !== 'public';
}

function bindGuard(
  target: object,
  propertyKey?: string | symbol,
  descriptor?: PropertyDescriptor,
): void {
  const useGuard = UseGuards(PropelAuthGuard);
  if (propertyKey !== undefined && descriptor !== undefined)
    useGuard(target, propertyKey, descriptor);
  else useGuard(target as Function);
}
