import { Injectable } from '@nestjs/common';
import { UserCallerKind } from '../callers/user/user-caller-kind.js';
import type { Decision } from '../decision/decision.js';
import { CallTools } from '../transports/call-tools.js';
import type { StreamAccess } from '../transports/open-streams.js';

/** Ends the streams that a decision allows when the caller's access ends. */
@Injectable()
export class DecidedStreams {
  constructor(
    private readonly tokens: UserCallerKind,
    private readonly tools: CallTools,
  ) {}

  /** Before a decision: access that changes from here on ends what it lets in. */
  begin(decision: Decision): void {
    decision.begunAt = this.tools.streams.now;
  }

  /** In the same turn in which a call is allowed. */
  keep(decision: Decision): void {
    const access = this.accessOf(decision);
    if (access === undefined) return;
    decision.call.endWithAccess(access, this.tools, !decision.mayRespondWithStream);
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
