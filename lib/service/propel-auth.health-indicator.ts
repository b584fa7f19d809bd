import { Inject, Injectable } from '@nestjs/common';
import { VerificationKeys } from '../callers/user/verification-keys.js';
import { CurrentAccess } from '../plugins/current-access.js';
import type { Failure } from '../values/outage.js';

/**
 * The health of the connection to PropelAuth, in the format of `@nestjs/terminus`.
 *
 * @publicApi
 */
export interface PropelAuthHealth {
  /** `down` only without a verification key: then no access token can be verified. */
  readonly status: 'up' | 'down';
  /**
   * A key is available, but refreshing it fails, or changes of access cannot be shared with the other instances (`liveAccess.changes`).
   */
  readonly degraded?: true;
  /** The problem. */
  readonly reason?: string;
  /** The start of the problem, in ISO 8601. */
  readonly since?: string;
}

/**
 * Checks whether access tokens can be verified, for `@nestjs/terminus` (optional) or your own health check. It reports the known state and
 * sends no requests.
 *
 * @example
 * ```ts
 * @Controller('health')
 * export class HealthController {
 *   constructor(
 *     private readonly health: HealthCheckService,
 *     private readonly propelAuth: PropelAuthHealthIndicator,
 *   ) {}
 *
 *   @Get()
 *   @Public()
 *   check() {
 *     return this.health.check([() => this.propelAuth.check()]);
 *   }
 * }
 * ```
 *
 * @publicApi
 */
@Injectable()
export class PropelAuthHealthIndicator {
  /** @internal Nest's injector calls it. */
  constructor(
    private readonly keys: VerificationKeys,
    @Inject(CurrentAccess) private readonly currentAccess: CurrentAccess | undefined,
  ) {}

  /**
   * Returns the current health.
   *
   * @param key the name of the result. Default: `'propelauth'`
   * @returns the result under that name: `up`; `up` and `degraded` while refreshing the key or `liveAccess.changes` fails; `down` without a
   * key. A problem has its reason and start. The result contains no secrets
   * @example
   * ```ts
   * health.check(); // { propelauth: { status: 'up' } }
   * ```
   */
  check<const Key extends string = 'propelauth'>(
    key: Key = 'propelauth' as Key,
  ): Record<Key, PropelAuthHealth> {
    return { [key]: this.health() } as Record<Key, PropelAuthHealth>;
  }

  private health(): PropelAuthHealth {
    const failure = this.keys.failure();
    if (this.keys.current === undefined) {
      const details = failure && describe(failure);
      return {
        status: 'down',
        ...(details ?? { reason: 'The verification key has not been fetched yet' }),
      };
    }
    const lesser = failure ?? this.currentAccess?.failure();
    return lesser ? { status: 'up', degraded: true, ...describe(lesser) } : { status: 'up' };
  }
}

function describe({ message, since }: Failure): { reason: string; since: string } {
  return { reason: message, since: since.toISOString() };
}
