import type { Type } from '@nestjs/common';
import { classChain, isAmong } from '../../rules/declared-method.js';
import { hasGuard } from '../../rules/guard-metadata.js';
import { hasRules } from '../../rules/ruled-classes.js';
import { HandlerGuard, hasHandlerGuard } from '../../guard/propel-auth.guard.js';
import type { AuditContext } from './audited-handler.js';
import type { AuditedMethod } from './audited-route.js';
import type { AuditedClass } from './unenforced-rules.js';
import { isEveryone, isUntraceable } from '../../rules/callers.js';

/** Handlers under a rule without a guard in front of them, which every caller reaches. */
export function findLostGuards(audited: AuditedMethod, auditContext: AuditContext): string[] {
  const { policy, isMadeByFactory } = audited;
  if (!policy.isExplicit || isEveryone(policy.callers)) return [];
  if (isReachedByGlobalGuard(audited, auditContext)) return [];
  // findUntraceable() reports these handlers, with the reason.
  if (isUntraceable(policy.callers)) return [];
  if (isMadeByFactory) return [GUARD_OF_FACTORY];
  return isGuarded(audited) ? [] : [LOST_GUARD];
}

function isReachedByGlobalGuard(
  { kind }: AuditedMethod,
  { isGuardGlobal, areFieldsGuarded, globalGuardsReachGateways, isHttpApplication }: AuditContext,
): boolean {
  const isReached: Record<AuditedMethod['kind'], boolean> = {
    http: true,
    operation: true,
    field: areFieldsGuarded,
    reference: areFieldsGuarded,
    gateway: globalGuardsReachGateways,
    message: !isHttpApplication,
    mcp: !isHttpApplication,
  };
  return isGuardGlobal && isReached[kind];
}

/**
 * For a request-scoped class, the function that Nest will call is unknown, so the guard that our decorators put on a method does not count.
 * A guard that the application itself puts on a method counts.
 */
function isGuarded({
  controller,
  handler,
  isRequestScoped,
  providesGuard,
}: AuditedMethod): boolean {
  if (hasGuard(controller) || hasGuard(handler)) return true;
  if (!providesGuard(HandlerGuard)) return false;
  // Depending on its version, Nest looks for the guard on either of these classes.
  const classes = [controller, (controller.prototype as { constructor: Function }).constructor];
  return classes.every(hasHandlerGuard) || (!isRequestScoped && hasHandlerGuard(handler));
}

/**
 * Classes whose `prototype.constructor` is another class. Nest passes that other class to guards, which would not find the rules of this
 * one.
 */
export function findWrongConstructor(type: Type): string[] {
  const { constructor } = type.prototype as { constructor?: Type };
  if (hasOwnConstructor(type)) return [];
  return [
    `${type.name}: prototype.constructor is ${constructor?.name ?? 'missing'}, so Nest looks for the access rules there. ` +
      'Leave out "constructor" when you copy methods into the class.',
  ];
}

/**
 * Classes that inherit the constructor of a class under rules, but not its methods: Nest finds the guard of that class, but the guard does
 * not find its rules.
 */
export function findDetachedParents({ type }: AuditedClass): string[] {
  const chain = classChain(type);
  return constructorsAbove(type)
    .filter((parent) => !isAmong(chain, parent) && hasRules(parent))
    .map(
      (parent) =>
        `${type.name}: only its constructor inherits from ${parent.name}, so the access rules of ${parent.name} do not apply. ` +
        `Declare it with "extends ${parent.name}" instead of Object.setPrototypeOf().`,
    );
}

function constructorsAbove(type: Function): Function[] {
  const parent: unknown = Object.getPrototypeOf(type);
  if (typeof parent !== 'function' || parent === Function.prototype) return [];
  return [parent, ...constructorsAbove(parent)];
}

/** Whether Nest passes a class itself to guards, and not another one that is its `prototype.constructor`. */
export function hasOwnConstructor({ prototype }: Type): boolean {
  return (
    (prototype as { constructor?: Function } | undefined)?.constructor?.prototype === prototype
  );
}

const GUARD_OF_FACTORY =
  'Nest does not call guard classes for a class that useFactory or useValue provides. Provide the class itself, as in ' +
  'providers: [ReportsResolver].';

const LOST_GUARD =
  'The guard is lost: a decorator above replaced the class. Write the access decorators above that decorator, or on the ' +
  'method of this class.';
