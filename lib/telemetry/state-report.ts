import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiKeyAuthenticator } from '../callers/api-key/api-key-authenticator.js';
import { McpTokenAuthenticator } from '../mcp/callers/mcp-token-authenticator.js';
import { TokenCache } from '../callers/user/user-caller-kind.js';
import { VerificationKeys } from '../callers/user/verification-keys.js';
import { UserQuestions } from '../live-access/user-questions.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { CurrentAccess } from '../plugins/current-access.js';
import { Observer, type CacheCounts, type CacheName } from '../plugins/observer.js';
import type { ObservedState } from './observed-state.js';
import type { Telemetry } from './telemetry.js';

/** Reports the age of the key, the caches and the lag of changes, from the start of the application to its end. */
@Injectable()
export class StateReport implements ObservedState, OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly options: ResolvedOptions,
    @Inject(Observer) private readonly telemetry: Telemetry | undefined,
    private readonly keys: VerificationKeys,
    private readonly tokens: TokenCache,
    private readonly apiKeys: ApiKeyAuthenticator,
    private readonly mcpTokens: McpTokenAuthenticator,
    private readonly users: UserQuestions,
    @Inject(CurrentAccess) private readonly currentAccess: CurrentAccess | undefined,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** The hooks of other providers may still fail without notice. An application with HTTP has started when it listens. */
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

  private get asksAboutUsers(): boolean {
    return this.currentAccess !== undefined || this.options.mcp !== undefined;
  }

  caches(): Map<CacheName, CacheCounts> {
    const counts: [CacheName, CacheCounts | undefined][] = [
      ['access-token', this.tokens.counts],
      ['api-key', this.apiKeys.counts],
      ['mcp-token', this.mcpTokens.counts],
      ['user-access', this.asksAboutUsers ? this.users.counts : undefined],
    ];
    return new Map(counts.filter((entry): entry is [CacheName, CacheCounts] => !!entry[1]));
  }
}
