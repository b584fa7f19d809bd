import { deepFreeze } from '../../values/deep-freeze.js';
import { isJsonObject } from '../../values/json-object.js';
import { Rejection } from '../../rejections/rejection.js';
import type { PropelAuthEvent } from './propel-auth-event.js';

/**
 * Reads what PropelAuth signed. All handlers of an event get the same object, so it is frozen.
 *
 * @throws {Rejection} for what is signed but is no event
 */
export function readEvent(payload: string): PropelAuthEvent {
  let event: unknown;
  try {
    event = JSON.parse(payload);
  } catch {
    throw new Rejection('webhook_invalid');
  }
  if (!isJsonObject(event) || typeof event['event_type'] !== 'string') {
    throw new Rejection('webhook_invalid');
  }
  return deepFreeze(withUserId(event)) as PropelAuthEvent;
}

/** PropelAuth's documentation and integrations disagree on how a removed member is named. */
function withUserId(event: Record<string, unknown>): Record<string, unknown> {
  const { event_type: type, user_id: userId, removed_user_id: removedUserId } = event;
  if (type !== 'user.removed_from_org' || userId !== undefined || removedUserId === undefined) {
    return event;
  }
  return { ...event, user_id: removedUserId };
}
