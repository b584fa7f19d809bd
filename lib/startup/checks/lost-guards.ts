import type { Type } from '@nestjs/common';
import { classChain, isAmong } from '../../rules/declared-method.js';
import { isFromOtherCopy } from '../../rules/package-copy.js';
import { hasGuard } from '../../rules/guard-metadata.js';
import { hasRules } from '../../rules/ruled-classes.js';
import { HandlerGuard, hasHandlerGuard } from '../../guard/propel-auth.guard.js';
import { isEveryone, isUntraceable } from '../../rules/callers.js';
import { asksCallers } from '../../rules/is-under-rule.js';
import type { ApplicationClass } from '../application/application-classes.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';

/** Handlers under a rule without a guard in front of them, which every caller reaches. */
export function findLostGuards(audited: ApplicationHandler, app: AuditedApplication): string[] {
  const { type, controller, name, handler, policy, isMadeByFactory } = audited;
  if (!policy.isExplicit || isEveryone(policy.callers)) return [];
  if (app.isGuardGlobal && app.guardsReach[type]) return [];
  // findUnreachedHandlers() reports the others to which only global rules apply.
  if (type !== 'mcp' && !asksCallers(controller, name, handler)) return [];
  // findUntraceable() reports these handlers, with the reason.
  if (isUntraceable(policy.callers)) return [];
  if (isMadeByFactory) return [GUARD_OF_FACTORY];
  return isGuarded(audited) ? [] : [LOST_GUARD];
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
}: ApplicationHandler): boolean {
  if (hasGuard(controller) || hasGuard(handler)) return true;
  if (!providesGuard(HandlerGuard)) return false;
  // Depending on its version, Nest looks for the guard on either of these classes.
  const classes = [controller, (controller.prototype as { constructor: Function }).constructor];
  return classes.every(hasHandlerGuard) || (!isRequestScoped && hasHandlerGuard(handler));
}

/** Two copies of the package do not know each other's rules and decisions. */
export function findOtherCopy({ type }: ApplicationClass): string[] {
  if (!isFromOtherCopy(type)) return [];
  return [
    `${type.name}: its decorators come from a second copy of nestjs-propelauth. Install only one copy; npm ls ` +
      'nestjs-propelauth lists them.',
  ];
}

/**
 * Classes whose `prototype.constructor` is another class. Nest passes that other class to guards, which would not find the rules of this
 * one.
 */
export function findWrongConstructor(
  { type }: ApplicationClass,
  app: AuditedApplication,
): string[] {
  if (hasOwnConstructor(type) || !(hasRules(type) || losesRules(type, app))) return [];
  const { constructor } = type.prototype as { constructor?: Type };
  return [
    `${type.name}: prototype.constructor is ${constructor?.name ?? 'missing'}, so Nest looks for the access rules there. ` +
      'Leave out "constructor" when you copy methods into the class.',
  ];
}

/**
 * Classes that inherit the constructor of a class under rules, but not its methods: Nest finds the guard of that class, but the guard does
 * not find its rules.
 */
export function findDetachedParents({ type }: ApplicationClass): string[] {
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

/** Whether a handler of a class, whose `prototype.constructor` is another one, has rules or is exempt in either. */
function losesRules(type: Type, { handlers, policies }: AuditedApplication): boolean {
  const named = (type.prototype as { constructor: Type }).constructor;
  return handlers
    .filter(({ controller }) => controller === type)
    .some(({ handler }) =>
      [type, named].some(
        (one) => policies.ofHandler(one, handler).isExplicit || policies.isExempt(one, handler),
      ),
    );
}

/** Whether Nest passes a class itself to guards, and not another one that is its `prototype.constructor`. */
function hasOwnConstructor({ prototype }: Type): boolean {
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
