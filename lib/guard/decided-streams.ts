import { Injectable, type ExecutionContext } from '@nestjs/common';
import { TokenAuthenticator } from '../callers/user/token-authenticator.js';
import type { Decision } from '../decision/decision.js';
import { addEventStream, addPossibleStream } from '../transports/http/event-streams.js';
import { OpenStreams, type StreamAccess } from '../transports/open-streams.js';
import { SocketStreams } from '../transports/websockets/socket-streams.js';
import {
  addSubscription,
  hasSubscriptionInterceptor,
} from '../transports/graphql/subscription-streams.js';
import { opensSubscription } from '../transports/graphql/graphql-operations.js';
import { exceptionForUnguarded } from '../rejections/unguarded-calls.js';
import { ResolvedOptions } from '../options/resolved-options.js';

/** Ends the streams that a decision allows when the caller's access ends. */
@Injectable()
export class DecidedStreams {
  constructor(
    private readonly streams: OpenStreams,
    private readonly sockets: SocketStreams,
    private readonly tokens: TokenAuthenticator,
    private readonly options: ResolvedOptions,
  ) {}

  /** Before a decision: access that changes from here on ends what it lets in. */
  begin(decision: Decision): void {
    decision.begunAt = this.streams.now;
  }

  /** In the same turn in which a call is allowed. */
  keep(decision: Decision): void {
    const access = this.accessOf(decision);
    if (access === undefined) return;
    const { context } = decision;
    switch (context.getType<string>()) {
      case 'http': {
        const http = context.switchToHttp();
        const add = decision.mayRespondWithStream ? addPossibleStream : addEventStream;
        return add(this.streams, http.getRequest(), http.getResponse(), access);
      }
      case 'ws':
        return this.sockets.add(context.switchToWs().getClient(), access);
      case 'graphql':
        return this.addSubscription(context, access);
    }
  }

  /** @throws the exception that rejects a subscription which could not be ended */
  private addSubscription(context: ExecutionContext, access: StreamAccess): void {
    if (!opensSubscription(context)) return;
    if (!hasSubscriptionInterceptor(context.getHandler())) {
      throw exceptionForUnguarded(context, describeReplacedSubscription);
    }
    const { streams, options } = this;
    addSubscription(context, { streams, access, debugMode: options.debugMode });
  }

  /** @returns `undefined` for callers whom nothing is known of */
  private accessOf(decision: Decision): StreamAccess | undefined {
    const { user, apiKey, mcp, org, begunAt } = decision;
    const userId = user?.userId ?? apiKey?.user?.userId ?? mcp?.userId;
    const orgIds = new Set(
      [org?.orgId, apiKey?.org?.orgId, mcp?.orgId].filter((id) => id !== undefined),
    );
    if (userId === undefined && orgIds.size === 0) return undefined;
    return { userId, orgIds, validUntil: this.validUntil(decision), decidedSince: begunAt };
  }

  /** For an MCP token without leeway: only PropelAuth's response shows that it is active. */
  private validUntil({ user, mcp }: Decision): number | undefined {
    if (mcp !== null) return mcp.expiresAt * 1000;
    return user === null ? undefined : this.tokens.validUntil(user);
  }
}

function describeReplacedSubscription(className: string): string {
  return (
    `${className} replaces the method of a subscription with another function, so its calls return 500: the ` +
    'subscription would not end when its user loses access. Remove this.method = this.method.bind(this) from the constructor.'
  );
}
