import type { CanActivate, Type } from '@nestjs/common';
import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { checkDecoratorOptions } from './decorator-options.js';
import { EVERYONE } from './callers.js';
import { isPropelAuthGuard } from './guard-metadata.js';
import { isClass } from '../values/provided-class.js';
import { assertDefinedArguments } from '../values/defined-arguments.js';

/**
 * Lets every caller in: it lifts `requireUserByDefault` and, on a handler, the rules of its class. Tokens are ignored, so there is no
 * current user. To accept requests with or without a user, use `@OptionalUser()`.
 *
 * On a class, it applies to handlers without an access decorator, and does not lift organization rules.
 *
 * @param options `guardedBy`: a guard of your own that protects the handler instead. Default: none
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for an unknown option, and for a `guardedBy` that is not a guard class of yours. Startup fails if that guard does not
 * run for the handler
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
export function Public(options: PublicOptions = {}): AccessDecorator {
  assertDefinedArguments('@Public()', arguments);
  checkDecoratorOptions('@Public()', options, ['guardedBy']);
  if (options.guardedBy === undefined) {
    return createAccessDecorator({ callers: EVERYONE, decorator: '@Public()' });
  }
  const guardedBy = checkedGuard(options.guardedBy);
  const decorator = `@Public({ guardedBy: ${guardedBy.name} })`;
  return createAccessDecorator({ callers: EVERYONE, guardedBy, decorator });
}

/**
 * The options of {@link Public}.
 *
 * @publicApi
 */
export interface PublicOptions {
  /**
   * The guard of your own that is the only protection of the handler. Default: none, the handler is for everyone.
   *
   * Startup fails if the guard does not run for the handler. It runs if `@UseGuards()` on the method or its class has the class, a subclass
   * or an instance. For HTTP routes and GraphQL, a global guard counts as well. The option adds no guard and checks nothing during a call.
   * On a class, the guard has to run for each handler without an access decorator.
   *
   * @example
   * ```ts
   * @Injectable()
   * class ShareLinkGuard implements CanActivate {
   *   canActivate(context: ExecutionContext) {
   *     return context.getArgByIndex(0).query.link === process.env.SHARE_LINK;
   *   }
   * }
   *
   * @Controller('shared')
   * class SharedController {
   *   @Get()
   *   @Public({ guardedBy: ShareLinkGuard })
   *   @UseGuards(ShareLinkGuard)
   *   show() {}
   * }
   * ```
   */
  guardedBy?: Type<CanActivate>;
}

/** @throws {TypeError} when the option is not a named guard class of the application */
function checkedGuard(guardedBy: unknown): Type<CanActivate> {
  if (!isClass(guardedBy)) {
    throw new TypeError(
      'The option guardedBy of @Public() is not a class. Set it to the class of your guard.',
    );
  }
  if (isPropelAuthGuard(guardedBy)) {
    throw new TypeError(
      'The option guardedBy of @Public() names PropelAuthGuard, which lets every caller of a @Public() handler in. Name a guard of your ' +
        'own, or use @RequireUser().',
    );
  }
  if (guardedBy.name === '') {
    throw new TypeError(
      'The option guardedBy of @Public() is a class without a name, but the list of rules names the guard. Give the class a name.',
    );
  }
  return guardedBy as Type<CanActivate>;
}
