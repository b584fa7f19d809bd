import { Injectable } from '@nestjs/common';
import type { Decision } from '../decision/decision.js';
import { CallTools } from '../transports/call-tools.js';
import type { StreamAccess } from '../transports/open-streams.js';

/** Registers the streams of allowed calls, which end when the caller's access ends. */
@Injectable()
export class DecidedStreams {
  constructor(private readonly tools: CallTools) {}

  /** Called before the guard decides: if access changes from here on, the streams of the call end. */
  noteStart(decision: Decision): void {
    decision.begunAt = this.tools.streams.now;
  }

  /** Called in the same turn of the event loop in which a call is allowed. */
  keep(decision: Decision): void {
    const access = accessOf(decision);
    if (access === undefined) return;
    decision.call.endWithAccess(access, this.tools, !decision.mayRespondWithStream);
  }
}

/** @returns `undefined` for a caller whose access nothing ends */
function accessOf({ identified, org, begunAt }: Decision): StreamAccess | undefined {
  if (identified === null) return undefined;
  const { userId, orgId, validUntil } = identified.access;
  const orgIds = new Set([org?.orgId, orgId].filter((id) => id !== undefined));
  if (userId === undefined && orgIds.size === 0 && validUntil === undefined) return undefined;
  return { userId, orgIds, validUntil, decidedSince: begunAt };
}
