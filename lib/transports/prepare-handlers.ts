import type { Type } from '@nestjs/common';
import { handlerNames } from '../rules/declared-method.js';
import { prepareResolver } from './graphql/subscription-streams.js';

/** What transports place on handlers before Nest reads their interceptors. */
const PREPARATIONS: readonly ((method: Function) => void)[] = [prepareResolver];

/** Prepares the handlers of a class for the transports that need it. */
export function prepareHandlers(type: Type): void {
  for (const name of handlerNames(type)) {
    const method = (type.prototype as Record<string, Function>)[name] as Function;
    for (const prepare of PREPARATIONS) prepare(method);
  }
}
