import { getCurrentCaller } from '../decision/caller-of-context.js';
import type { Caller } from '../types/caller.js';
import { isEveryone } from '../rules/callers.js';
import { createCallerParameter } from './caller-parameter.decorator.js';

/**
 * Injects the caller of the request, of whatever kind, or one of its properties. It is `null` for an unauthenticated caller, under
 * `@OptionalUser()` and `@Public()`.
 *
 * @param property the name of a property, such as `'kind'`. Default: the whole {@link Caller}
 * @param pipes pipes for the value, as with Nest's own parameter decorators. The first one may replace the property name
 * @returns a parameter decorator
 * @example
 * ```ts
 * @Get('/reports')
 * @RequireCaller('user', 'api-key')
 * list(@CurrentCaller() caller: Caller) {
 *   return this.reports.findRead('all', { readBy: caller.userId ?? caller.kind });
 * }
 * ```
 *
 * @publicApi
 */
export const CurrentCaller = createCallerParameter<Caller>(
  {
    name: '@CurrentCaller()',
    emptyOn: ({ callers }) =>
      isEveryone(callers)
        ? 'never has a value on a handler that identifies nobody. Add a rule about callers, such as @OptionalUser(), or remove the ' +
          'parameter.'
        : undefined,
  },
  getCurrentCaller,
);
