import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CallerKinds } from '../callers/caller-identifier.js';
import { VerificationKeys } from '../callers/user/verification-keys.js';
import { CurrentAccess } from '../plugins/current-access.js';
import { Observer, type CacheCounts, type CacheName } from '../plugins/observer.js';
import type { ObservedState } from './observed-instruments.js';
import type { Telemetry } from './telemetry.js';

/** Reports the age of the key, the caches and the lag of changes, from the start of the application to its end. */
@Injectable()
export class StateReport implements ObservedState, OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(Observer) private readonly telemetry: Telemetry | undefined,
    private readonly keys: VerificationKeys,
    private readonly callerKinds: CallerKinds,
    @Inject(CurrentAccess) private readonly currentAccess: CurrentAccess | undefined,
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
    return this.currentAccess?.lagSeconds;
  }

  caches(): Map<CacheName, CacheCounts> {
    return new Map([
      ...this.callerKinds.list.flatMap(({ caches = [] }) => caches),
      ...(this.currentAccess?.caches ?? []),
    ]);
  }
}
