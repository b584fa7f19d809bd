import { Injectable, Optional, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { MarkGuard } from '../rules/guard-metadata.js';
import { AccessDecider } from './access-decider.js';
import { describeMissingModule } from './missing-module.js';

/**
 * The guard that makes every decision. Decorators such as `@RequireUser()` put it on their routes, so you rarely name it. With
 * `@UseGuards(PropelAuthGuard)` on a route without a decorator, or as a global guard (the option `requireUserByDefault`), it requires a
 * user.
 *
 * A subclass needs no constructor, because it can inject its dependencies as properties.
 *
 * It returns 401 without a valid access token if a user is required, 403 if an organization rule fails, and 503 while access tokens cannot
 * be verified.
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
   * Allows a call, or throws the exception for the client. It never returns `false`.
   *
   * @param context the context of the call: of an HTTP route, a GraphQL resolver, a WebSocket gateway or a message handler
   * @returns `true`, or a promise of `true` while a token is being verified
   * @throws {PropelAuthUnauthorizedException} 401, {@link PropelAuthForbiddenException} 403 or {@link PropelAuthUnavailableException} 503.
   * In GraphQL it has `extensions`. Gateways throw a `WsException`, message handlers an `RpcException` and event handlers an
   * `IntrinsicException`, with it as the `cause`
   */
  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    return (this.decider as AccessDecider).decideFor(this, context);
  }
}
