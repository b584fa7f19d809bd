import { ownerOfParameters, readCallerParameters } from '../../rules/caller-parameters.js';
import { isHandler } from '../../rules/declared-method.js';
import { isSplit } from './ts-rest-handlers.js';
import { isCalledWithGuards } from './unenforced-rules.js';
import { methodNamesOf, methodOf } from '../../values/class-methods.js';
import type { ApplicationClass } from '../application/application-classes.js';
import type { AuditedApplication } from '../application/audited-application.js';

/** What the decorators of @nestjs/event-emitter, schedule, bull and bullmq keep. These packages call methods themselves, with an event or job. */
const CALLED_WITHOUT_GUARDS = /^(?:EVENT_LISTENER_|SCHEDULE|bull(?:mq)?:)/;

/**
 * Parameters for the caller on methods that no guard protects. Whoever calls such a method passes the value, so that an event would be the
 * user.
 */
export function findMisplacedParameters(
  audited: ApplicationClass,
  { policies, isGuardGlobal, readsMessages }: AuditedApplication,
): string[] {
  const { type } = audited;
  // Most libraries call no global guards, and those that do have no place for a token of their own.
  const mayHaveCaller = (method: Function) =>
    policies.ofHandler(type, method).isExplicit || (isGuardGlobal && readsMessages);
  return methodNamesOf(type).flatMap((name) => {
    const parameters = [
      ...new Set(readCallerParameters(type, name).map((parameter) => parameter.name)),
    ];
    if (parameters.length === 0 || !isMisplaced(audited, name, mayHaveCaller)) return [];
    return [
      `${type.name}.${name}: ${parameters.join(' and ')} ${parameters.length > 1 ? 'have' : 'has'} no effect on a method that is called ` +
        'without a guard, and the parameter is what the call passes. Remove the decorator, and pass the id of the user in the event or job.',
    ];
  });
}

function isMisplaced(
  audited: ApplicationClass,
  name: string,
  mayHaveCaller: (method: Function) => boolean,
): boolean {
  const { type } = audited;
  const method = methodOf(type, name);
  const owner = ownerOfParameters(type, name);
  if (isCalledWithoutGuards(method)) return true;
  if ([method, methodOf(owner, name)].some((one) => isCalledWithGuards(audited, one))) return false;
  if (isSplit(type, name)) return false;
  if (isHandler(method)) return !mayHaveCaller(method);
  // A method of a parent class may be meant for other subclasses, which make a route of it.
  return owner === type;
}

function isCalledWithoutGuards(method: Function): boolean {
  return (Reflect.getMetadataKeys(method) as unknown[]).some(
    (key) => typeof key === 'string' && CALLED_WITHOUT_GUARDS.test(key),
  );
}
