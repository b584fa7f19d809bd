import type { Type } from '@nestjs/common';
import { hasGuard } from '../../rules/guard-metadata.js';
import { hasHandlerGuard } from '../../guard/handler.guard.js';
import type { AuditedMethod } from './audited-route.js';

/**
 * Handlers under a rule that no guard is in front of, though no call of theirs may pass without one.
 *
 * @param isGuardGlobal whether a global guard reaches this kind of handlers
 */
export function findLostGuards(
  { controller, handler, policy, isMadeByFactory }: AuditedMethod & { isMadeByFactory: boolean },
  isGuardGlobal: boolean,
): string[] {
  if (!policy.isExplicit || policy.mode === 'public' || isGuardGlobal) return [];
  if (isMadeByFactory) return [GUARD_OF_FACTORY];
  const hasOne = [controller, handler].some(hasHandlerGuard) || hasGuard(controller, handler);
  return hasOne ? [] : [LOST_GUARD];
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
  if (constructor?.prototype === type.prototype) return [];
  return [
    `${type.name}: prototype.constructor is ${constructor?.name ?? 'missing'}, so that Nest would look for the access rules there. ` +
      'Leave "constructor" out where methods are copied into the class.',
  ];
}

const GUARD_OF_FACTORY =
  'Nest calls no guard class for what useFactory or useValue provides. Provide the class itself, as in providers: [ReportsResolver].';

const LOST_GUARD =
  'The guard is lost: a decorator above replaced the class. Write the access decorators above that decorator, or over each method.';

const UNTRACEABLE =
  'The constructor replaces a method by another function, so its access rules are unknown. Leave the methods in place.';
