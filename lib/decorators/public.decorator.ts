import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';

/**
 * Lifts every rule: of the module's `requireUserByDefault` and, on a handler, of its class. No token is looked at, so there
 * is no current user; say `@OptionalUser()` to have one where there is one.
 *
 * On a class it applies to handlers without an access decorator, and lifts no organization rule.
 *
 * @returns a decorator for controllers and their methods
 * @example
 * ```ts
 * @Get('/health')
 * @Public()
 * health() {
 *   return { status: 'ok' };
 * }
 * ```
 *
 * @publicApi
 */
export function Public(): AccessDecorator {
  return createAccessDecorator({ kind: 'caller', mode: 'public', decorator: '@Public()' });
}
