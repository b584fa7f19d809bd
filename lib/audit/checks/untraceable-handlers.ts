import type { Type } from '@nestjs/common';
import {
  declarationOf,
  handlerNames,
  isHandler,
  ownFunctionOf,
  traceMethod,
  type DeclaredMethod,
} from '../../rules/declared-method.js';
import type { Policies } from '../../rules/policies.js';
import { ruledOriginOf } from '../../rules/ruled-classes.js';
import type { AuditedMethod } from './audited-route.js';
import { isUntraceable } from '../../rules/callers.js';

/** A handler as this check looks at it. */
export type TracedMethod = Pick<AuditedMethod, 'controller' | 'name' | 'handler' | 'policy'>;

/** Handlers whose rules are unknown, so that all of their calls are rejected. */
export function findUntraceable({ controller, name, handler, policy }: TracedMethod): string[] {
  if (!isUntraceable(policy.callers)) return [];
  const origin = ruledOriginOf(controller, handler);
  if (origin !== undefined) return [describeCopy(controller.name, origin)];
  const other = traceMethod(controller, handler).find((method) => method.name !== name);
  return other === undefined
    ? [UNTRACEABLE]
    : [
        `The method is the same function as ${controller.name}.${String(other.name)}, which has other access rules, and a call ` +
          'does not show which of the two it is. Write a function for each.',
      ];
}

function describeCopy(type: string, { owner, name }: DeclaredMethod): string {
  const from = owner.name;
  // A class decorator that returns another class causes this.
  if (from === type) {
    return (
      `A decorator replaced ${from} with another class of that name, which has copies of its methods, but not its access rules. ` +
      'Return a subclass from the decorator.'
    );
  }
  return (
    `The method is or overrides a copy of ${from}.${String(name)}, and ${type} does not have the access rules of ${from}. ` +
    `Declare ${type} with "extends ${from}" instead of copying its methods.`
  );
}

/** The handlers of a class, except those with these names. */
export function otherHandlersOf(
  type: Type,
  names: readonly string[],
  policies: Policies,
): TracedMethod[] {
  return handlerNames(type)
    .filter((name) => !names.includes(name))
    .flatMap((name) => {
      const method = declarationOf(type, name);
      const handler = method && ownFunctionOf(method.owner, name);
      if (handler === undefined || !isHandler(handler)) return [];
      return [{ controller: type, name, handler, policy: policies.ofHandler(type, handler) }];
    });
}

const UNTRACEABLE =
  'The constructor replaces a method with another function, so its access rules are unknown. Remove that assignment ' +
  'from the constructor.';
