import { createAccessDecorator } from './access.decorator.js';

/**
 * Drops the rules of the class of a handler and of its parent classes, for a handler that needs others. Rules add up without it. The callers
 * that the class names or implies stay, and so do its organization source and its token source; rules of `forRoot()` are never dropped. A
 * method that overrides the handler in a subclass does not inherit it.
 *
 * Startup fails if there is nothing to drop.
 *
 * @returns a decorator for methods
 * @throws {TypeError} for an argument, and on a class
 * @example
 * ```ts
 * @Controller('orgs/:orgId/reports')
 * @RequireOrgRole('Admin')
 * export class ReportsController {
 *   @Get()
 *   @OverrideRules()
 *   @RequireOrgRole('Member')
 *   list() {}
 * }
 * ```
 *
 * @publicApi
 */
export function OverrideRules(): MethodDecorator {
  const decorator = '@OverrideRules()';
  if (arguments.length > 0) {
    throw new TypeError(
      `${decorator} takes no argument. Write the rules of the handler below it, as decorators of their own.`,
    );
  }
  // On classes, it throws.
  return createAccessDecorator({ overrides: 'classes', decorator });
}
