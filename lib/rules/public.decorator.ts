import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { EVERYONE } from './callers.js';

/**
 * Lets every caller in: it lifts `requireUserByDefault` and, on a handler, `globalRules` and the rules of its class. Tokens are ignored, so
 * there is no current user. To accept requests with or without a user, use `@OptionalUser()`.
 *
 * On a class, it applies to handlers without an access decorator, and does not lift rules such as those about organizations.
 *
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for an argument
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
  const decorator = '@Public()';
  if (arguments.length > 0) {
    throw new TypeError(
      `${decorator} takes no argument. To let a guard of your own decide, use @OptionalCaller() with guardRule().`,
    );
  }
  return createAccessDecorator({ callers: EVERYONE, decorator });
}
