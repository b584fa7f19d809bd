import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type CacheCounts, CallerKinds, Hooks, VerificationKeys } from '../extend.js';
import type { ObservedState } from './observations.js';
import { Telemetry } from './telemetry.js';

/** Reports the age of the key, the caches and the lag of changes, from the start of the application to its end. */
@Injectable()
export class StateReport implements ObservedState, OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(Telemetry) private readonly telemetry: Telemetry | undefined,
    private readonly keys: VerificationKeys,
    private readonly callerKinds: CallerKinds,
    private readonly hooks: Hooks,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /**
   * In an application with HTTP, the report starts when the application listens: until then, hooks of other providers may still fail
   * startup.
   */
  onApplicationBootstrap(): void {
    const { telemetry } = this;
    telemetry?.prepare(this);
    const { httpAdapter, listen$ } = this.adapterHost as Partial<HttpAdapterHost>;
    if (httpAdapter && listen$) listen$.subscribe(() => telemetry?.startObserving());
    else telemetry?.startObserving();
  }

  onApplicationShutdown(): void {
    this.telemetry?.stopObserving();
  }

  keyAgeSeconds(): number | undefined {
    return this.keys.ageSeconds;
  }

  changesLagSeconds(): number | undefined {
    return this.hooks.state?.lagSeconds;
  }

  caches(): Map<string, CacheCounts> {
    return new Map([
      ...this.callerKinds.list.flatMap(({ caches = [] }) => caches),
      ...(this.hooks.state?.caches ?? []),
    ]);
  }
}
