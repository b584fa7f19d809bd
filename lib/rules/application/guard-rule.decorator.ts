import type { CanActivate, Type } from '@nestjs/common';
import { assertDefinedArguments } from '../../values/defined-arguments.js';
import { isClass } from '../../values/provided-class.js';
import { createAccessDecorator, type AccessDecorator } from '../access.decorator.js';
import { isPropelAuthGuard } from '../guard-metadata.js';
import { applicationRule } from './application-rule.js';
import type { OwnRule } from './own-rule.js';

/**
 * Makes a rule of a guard of your own, so that it is in the table, in OpenAPI documents, in logs and in tests as other rules are. The guard
 * runs at the stage of {@link AccessRule}: after the caller is known, and under {@link OptionalCaller} also for unauthenticated callers.
 *
 * `false` and an exception of Nest below 500 deny the call; the exception is the response. Anything else that the guard throws is an error.
 *
 * @param guard the class of the guard, a singleton provider of one module
 * @returns a function that returns a decorator for controllers and their methods
 * @throws {TypeError} if it is not the class of a guard of your own. Startup fails if the class is not provided, provided twice, or
 * request-scoped
 * @example
 * ```ts
 * export const RequireShareLink = guardRule(ShareLinkGuard);
 *
 * class SharedController {
 *   @Get('shared')
 *   @OptionalCaller()
 *   @RequireShareLink()
 *   show() {}
 * }
 * ```
 *
 * @publicApi
 */
export function guardRule(guard: Type<CanActivate>): () => AccessDecorator {
  assertDefinedArguments('guardRule()', arguments);
  if (!isClass(guard) || isPropelAuthGuard(guard)) {
    throw new TypeError(
      'guardRule() needs the class of a guard of your own. Pass one such as ShareLinkGuard.',
    );
  }
  const decorator = `guardRule(${guard.name})`;
  return () =>
    createAccessDecorator({
      type: applicationRule,
      argument: { guard, rule: guard as unknown as Type<OwnRule>, args: [] },
      decorator,
    });
}
