import type { Decision } from '../decision/decision.js';
import type { CallTools } from '../transports/call-tools.js';

/**
 * Registers the streams of an allowed call, which end when the caller's access ends. Called in the same turn of the event loop in which the
 * call is allowed.
 */
export function keepStreams(decision: Decision, tools: CallTools): void {
  const { call, identified, org, policy, begunAt: decidedSince } = decision;
  if (identified === null) return;
  const { userId, orgId, validUntil } = identified.access;
  const orgIds = new Set([org?.orgId, orgId].filter((id) => id !== undefined));
  // Nothing ends the access of some callers.
  if (userId === undefined && orgIds.size === 0 && validUntil === undefined) return;
  const access = { userId, orgIds, validUntil, decidedSince };
  call.endWithAccess(access, tools, policy?.eventStream !== 'maybe');
}
