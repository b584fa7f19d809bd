import { Inject, Injectable } from '@nestjs/common';
import { VerificationKeys } from '../callers/token/verification-keys.js';
import { SharedChanges } from '../live-access/shared-changes.js';
import type { Failure } from '../values/outage.js';

/**
 * How PropelAuth is doing, in the shape of `@nestjs/terminus`.
 *
 * @publicApi
 */
export interface PropelAuthHealth {
  /** `down` only without a verification key, when no access token can be verified. */
  readonly status: 'up' | 'down';
  /**
   * There is a key, but PropelAuth could not be asked whether it is still the right one; or changes of access cannot be shared with the other
   * instances (`liveAccess.changes`).
   */
  readonly degraded?: true;
  /** What is wrong. */
  readonly reason?: string;
  /** Since when, in ISO 8601. */
  readonly since?: string;
}

/**
 * Tells whether access tokens can be verified: for a health check of `@nestjs/terminus`, which need not be installed, or for one
 * of your own. It looks at what is known and asks nobody.
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
  /** @hidden Nest's injector calls it. */
  constructor(
    private readonly keys: VerificationKeys,
    @Inject(SharedChanges) private readonly changes: SharedChanges | undefined,
  ) {}

  /**
   * How PropelAuth is doing now.
   *
   * @param key the name of the result; default `'propelauth'`
   * @returns the result under that name: `up`; `up` and `degraded` while a key is held but refreshing it fails, and
   * while `liveAccess.changes` fails; `down` without a key. With the reason and since when; there are no secrets in it
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
    const lesser = failure ?? this.changes?.failure();
    return lesser ? { status: 'up', degraded: true, ...describe(lesser) } : { status: 'up' };
  }
}

function describe({ message, since }: Failure): { reason: string; since: string } {
  return { reason: message, since: since.toISOString() };
}
