import { Injectable } from '@nestjs/common';
import type { Decision } from '../decision/decision.js';
import { CallTools } from '../transports/call-tools.js';
import type { StreamAccess } from '../transports/open-streams.js';

/** Ends the streams that a decision allows when the caller's access ends. */
@Injectable()
export class DecidedStreams {
  constructor(private readonly tools: CallTools) {}

  /** Before a decision: access that changes from here on ends what it lets in. */
  begin(decision: Decision): void {
    decision.begunAt = this.tools.streams.now;
  }

  /** In the same turn in which a call is allowed. */
  keep(decision: Decision): void {
    const access = accessOf(decision);
    if (access === undefined) return;
    decision.call.endWithAccess(access, this.tools, !decision.mayRespondWithStream);
  }
}

/** @returns `undefined` for callers whom nothing is known of */
function accessOf({ identified, org, begunAt }: Decision): StreamAccess | undefined {
  if (identified === null) return undefined;
  const { userId, orgId, validUntil } = identified.access;
  const orgIds = new Set([org?.orgId, orgId].filter((id) => id !== undefined));
  if (userId === undefined && orgIds.size === 0) return undefined;
  return { userId, orgIds, validUntil, decidedSince: begunAt };
}
