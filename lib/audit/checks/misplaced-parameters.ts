import type { Type } from '@nestjs/common';
import { ownerOfParameters, readCallerParameters } from '../../rules/caller-parameters.js';
import { isHandler } from '../../rules/declared-method.js';
import { isCalledWithGuards, type AuditedClass } from './unenforced-rules.js';
import { methodNamesOf, methodOf } from '../../values/class-methods.js';

/** What the decorators of @nestjs/event-emitter, schedule, bull and bullmq keep. These packages call methods themselves, with an event or job. */
const CALLED_WITHOUT_GUARDS = /^(?:EVENT_LISTENER_|SCHEDULE|bull(?:mq)?:)/;

/**
 * Parameters for the caller on methods that no guard protects. Whoever calls such a method passes the value, so that an event would be the
 * user.
 *
 * @param isGuarded whether a guard of this package decides about a method, if the library of its decorator calls guards
 */
export function findMisplacedParameters(
  audited: AuditedClass,
  isGuarded: (type: Type, method: Function) => boolean,
): string[] {
  const { type } = audited;
  const isWithGuard = (method: Function) => isGuarded(type, method);
  return methodNamesOf(type).flatMap((name) => {
    const parameters = [...new Set(readCallerParameters(type, name))];
    if (parameters.length === 0 || !isMisplaced(audited, name, isWithGuard)) return [];
    return [
      `${type.name}.${name}: ${parameters.join(' and ')} ${parameters.length > 1 ? 'have' : 'has'} no effect on a method that is called ` +
        'without a guard, and the parameter is what the call passes. Remove the decorator, and pass the id of the user in the event or job.',
    ];
  });
}

function isMisplaced(
  audited: AuditedClass,
  name: string,
  isGuarded: (method: Function) => boolean,
): boolean {
  const { type } = audited;
  const method = methodOf(type, name);
  const owner = ownerOfParameters(type, name);
  if (isCalledWithoutGuards(method)) return true;
  if ([method, methodOf(owner, name)].some((one) => isCalledWithGuards(audited, one))) return false;
  if (isHandler(method)) return !isGuarded(method);
  // A method of a parent class may be meant for other subclasses, which make a route of it.
  return owner === type;
}

function isCalledWithoutGuards(method: Function): boolean {
  return (Reflect.getMetadataKeys(method) as unknown[]).some(
    (key) => typeof key === 'string' && CALLED_WITHOUT_GUARDS.test(key),
  );
}
