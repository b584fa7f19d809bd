import type { Type } from '@nestjs/common';
import { classChain, markOf } from '../../rules/declared-method.js';
import { readMethodRules } from '../../rules/rule-metadata.js';
import { methodNamesOf, methodOf } from '../../values/class-methods.js';
import type { ApplicationClass } from '../application/application-classes.js';

/** The description of the symbol under which `@ts-rest/nest` keeps the route of a handler. */
const ROUTE_METADATA = 'ts-rest-app-route';

/**
 * Methods with several routes of `@ts-rest/nest`. Its `@TsRestHandler()` adds a handler for each route to the class, which gets the metadata
 * that the method has by then: access decorators above it are lost, and those below it name another method.
 */
export function findSplitHandlers({ type }: ApplicationClass): string[] {
  const findings = methodNamesOf(type).flatMap((name) => {
    const handler = methodOf(type, name);
    const method = splitMethodOf(name, handler);
    if (method === undefined) return [];
    const [rule] = classChain(type).flatMap((owner) => readMethodRules(owner, method));
    if (rule !== undefined) return describeRule(`${type.name}.${method}`, rule.decorator);
    // A rule above in the class has marked the method before its handlers were added.
    return markOf(handler)?.name === method ? describeMark(`${type.name}.${method}`) : [];
  });
  return [...new Set(findings)];
}

/** Whether handlers of a class were made of a method, which they call themselves. */
export function isSplit(type: Type, method: string): boolean {
  return methodNamesOf(type).some((name) => splitMethodOf(name, methodOf(type, name)) === method);
}

/** The name of the method that a handler was made of; `undefined` for other handlers, and for one with a single route. */
function splitMethodOf(name: string, handler: Function): string | undefined {
  const keys: unknown[] = Reflect.getOwnMetadataKeys(handler);
  const key = keys.find((one) => typeof one === 'symbol' && one.description === ROUTE_METADATA);
  if (key === undefined) return undefined;
  const { routeKey } = Reflect.getOwnMetadata(key, handler) as { routeKey?: string | null };
  const suffix = `_${routeKey}`;
  return typeof routeKey === 'string' && name.endsWith(suffix)
    ? name.slice(0, -suffix.length)
    : undefined;
}

function describeRule(method: string, decorator: string): string {
  return (
    `${method}: @TsRestHandler() makes a handler of each route, to which ${decorator} of the method does not apply. Put the rule on the ` +
    'class, or write a method with its own @TsRestHandler() for each route.'
  );
}

function describeMark(method: string): string {
  return (
    `${method}: @TsRestHandler() makes a handler of each route, and a call would not show which one it is. Move the method above those ` +
    'with access decorators, or to a class of its own.'
  );
}
