import type { Type } from '@nestjs/common';
import { hasGuard } from '../../rules/guard-metadata.js';
import { hasHandlerGuard } from '../../guard/handler.guard.js';
import type { ApplicationHandler } from '../application/application-handler.js';
import type { AuditedMethod } from './audited-route.js';

type GuardedMethod = AuditedMethod &
  Pick<ApplicationHandler, 'isMadeByFactory' | 'isRequestScoped' | 'isGuardProvided'>;

/**
 * Handlers under a rule that no guard is in front of, though no call of theirs may pass without one.
 *
 * @param isGuardGlobal whether a global guard reaches this kind of handlers
 */
export function findLostGuards(audited: GuardedMethod, isGuardGlobal: boolean): string[] {
  const { policy, isMadeByFactory } = audited;
  if (!policy.isExplicit || policy.mode === 'public' || isGuardGlobal) return [];
  if (isMadeByFactory) return [GUARD_OF_FACTORY];
  return isGuarded(audited) ? [] : [LOST_GUARD];
}

/**
 * If the constructor runs for each request, the function that will be called is unknown, and the guard that decorators put on a method does
 * not count. A guard that the application puts there itself does.
 */
function isGuarded({
  controller,
  handler,
  isRequestScoped,
  isGuardProvided,
}: GuardedMethod): boolean {
  if (hasGuard(controller) || hasGuard(handler)) return true;
  if (!isGuardProvided) return false;
  // The versions of Nest look for it on either.
  const classes = [controller, (controller.prototype as { constructor: Function }).constructor];
  return classes.every(hasHandlerGuard) || (!isRequestScoped && hasHandlerGuard(handler));
}

/** Handlers that cannot be traced to a method, so that all of their calls are rejected. */
export function findUntraceable({ policy }: AuditedMethod): string[] {
  return policy.mode === 'untraceable' ? [UNTRACEABLE] : [];
}

/**
 * Classes whose prototype says that it belongs to another class: Nest names that one to guards, and the rules of this one would
 * not be found.
 */
export function findWrongConstructor(type: Type): string[] {
  const { constructor } = type.prototype as { constructor?: Type };
  if (hasOwnConstructor(type)) return [];
  return [
    `${type.name}: prototype.constructor is ${constructor?.name ?? 'missing'}, so Nest looks for the access rules there. ` +
      'Leave out "constructor" when you copy methods into the class.',
  ];
}

/** Whether Nest names a class itself to guards, and not one that its prototype says it belongs to. */
export function hasOwnConstructor({ prototype }: Type): boolean {
  return (
    (prototype as { constructor?: Function } | undefined)?.constructor?.prototype === prototype
  );
}

const GUARD_OF_FACTORY =
  'Nest does not call guard classes for a class that useFactory or useValue provides. Provide the class itself, as in ' +
  'providers: [ReportsResolver].';

const LOST_GUARD =
  'The guard is lost: a decorator above replaced the class, or the class overrides a copied method. Write the access ' +
  'decorators above that decorator, or on the method of this class.';

const UNTRACEABLE =
  'The constructor replaces a method with another function, so its access rules are unknown. Remove that assignment ' +
  'from the constructor.';
