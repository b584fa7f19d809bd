import type { Attributes } from '@opentelemetry/api';
import { type DecisionOutcome, REJECTIONS } from '../extend.js';

/**
 * The attributes of a decision in metrics. Their values come from closed lists only, because each combination is kept as long as the
 * process runs.
 */
export function attributesOfDecision(
  { allowed, reason, credential }: DecisionOutcome,
  transport: string,
): Attributes {
  return {
    'propelauth.decision.allowed': allowed,
    'propelauth.decision.credential': credential ?? 'none',
    'propelauth.decision.transport': transport,
    ...(!allowed && { 'propelauth.decision.reason': reasonOf(reason) }),
  };
}

/** An application can construct the exceptions itself, with any text as the reason. */
function reasonOf(reason: string | undefined): string {
  return reason !== undefined && Object.hasOwn(REJECTIONS, reason) ? reason : 'error';
}

/** The attributes of a caller in spans. Each is an id that was verified. */
export function attributesOfCaller({
  userId,
  orgId,
  impersonatorUserId,
}: DecisionOutcome): Attributes {
  return {
    ...(userId !== undefined && { 'user.id': userId }),
    ...(orgId !== undefined && { 'organization.id': orgId }),
    ...(impersonatorUserId !== undefined && { 'impersonator.id': impersonatorUserId }),
  };
}
