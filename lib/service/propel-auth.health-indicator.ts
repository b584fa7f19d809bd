import { Injectable } from '@nestjs/common';
import { VerificationKeys } from '../callers/user/verification-keys.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { Hooks } from '../plugins/hooks.js';
import { EventReceiver } from '../propelauth/webhooks/event-receiver.js';
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
  /** The problem; without one, that no event has arrived yet in an application with the option `webhooks`. */
  readonly reason?: string;
  /** The start of the problem, in ISO 8601. */
  readonly since?: string;
}

const NO_EVENT = 'No event from PropelAuth since the start';

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
    private readonly hooks: Hooks,
    private readonly options: ResolvedOptions,
    private readonly events: EventReceiver,
  ) {}

  /**
   * Returns the current health.
   *
   * @param key the name of the result. Default: `'propelauth'`
   * @returns the result under that name: `up`; `up` and `degraded` while refreshing the key or `liveAccess.changes` fails; `down` without a
   * key. A problem has its reason and start. With `webhooks`, the reason also says that no event has arrived since the start, which is normal
   * in a quiet application; not where `liveAccess.changes` shares events. The result contains no secrets
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
      const unknown = { reason: 'The verification key has not been fetched yet' };
      return { status: 'down', ...(failure ? describe(failure) : unknown) };
    }
    const lesser = failure ?? this.hooks.state?.failure();
    if (lesser) return { status: 'up', degraded: true, ...describe(lesser) };
    // Not degraded: an application whose users change nothing gets no events.
    return this.mayMissEvents() ? { status: 'up', reason: NO_EVENT } : { status: 'up' };
  }

  /** Whether this instance alone gets the events, and has got none. Instances that share changes need not get any themselves. */
  private mayMissEvents(): boolean {
    const { options, events, hooks } = this;
    const isAlone = hooks.state?.lagSeconds === undefined;
    return options.webhooks !== undefined && isAlone && !events.hasReceived;
  }
}

function describe({ message, since }: Failure): { reason: string; since: string } {
  return { reason: message, since: since.toISOString() };
}
