import { Injectable, Optional, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { MarkGuard } from '../rules/guard-metadata.js';
import { AccessDecider } from './access-decider.js';
import { describeMissingModule } from './missing-module.js';

/**
 * The one guard that decides everything. The decorators (`@RequireUser()` and its siblings) put it on their routes, so it is
 * seldom named: with `@UseGuards(PropelAuthGuard)` on a route without a decorator, and as a global guard (for which
 * `requireUserByDefault` is the short way), it requires a user.
 *
 * A subclass needs no constructor: it can inject what it needs as properties.
 *
 * It returns 401 without a valid access token where a user is required, 403 where an organization rule fails and 503
 * while no access token can be verified.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [PropelAuthModule.forRoot({ authUrl, apiKey })],
 *   providers: [{ provide: APP_GUARD, useExisting: PropelAuthGuard }],
 * })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Injectable()
@MarkGuard()
export class PropelAuthGuard implements CanActivate {
  /** @hidden Nest's injector calls it. */
  constructor(@Optional() private readonly decider?: AccessDecider) {
    if (decider === undefined) throw new PropelAuthConfigurationError(describeMissingModule());
  }

  /**
   * Lets a call through or throws the exception that answers it; it never returns `false`.
   *
   * @param context the context of the call: of an HTTP route, a GraphQL resolver, a WebSocket gateway or a message handler
   * @returns `true`, or a promise of it while a token has to be verified
   * @throws {PropelAuthUnauthorizedException} 401, {@link PropelAuthForbiddenException} 403 or
   * {@link PropelAuthUnavailableException} 503; in a GraphQL resolver the same with `extensions`, in a gateway a `WsException`
   * and in a message handler an `RpcException` (of an event an `IntrinsicException`), with the former as its `cause`
   */
  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    return (this.decider as AccessDecider).decideFor(this, context);
  }
}
