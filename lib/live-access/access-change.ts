import type { AccessEvent } from '../extend.js';
import { denialOfOrg, EVERYTHING, NOTHING, type Denials } from './denials.js';

/** The change of access in an event: whose access changed, and the access that is certainly lost. */
export type AccessChange =
  | {
      readonly subject: 'user';
      readonly userId: string;
      readonly denied: Denials;
      /** Whether the event enabled the user. An old event may arrive after the user was disabled again. */
      readonly isEnabled?: true;
    }
  | { readonly subject: 'org'; readonly orgId: string }
  /** A change by an event that does not say whose access changed. */
  | { readonly subject: 'unknown' };

/**
 * The events that change access, each with the access that it denies at once. Other events do nothing: new access needs a new token, and
 * anyone can lock a user by failing to sign in (`user.locked`).
 */
const CHANGES = new Map<string, (event: AccessEvent) => AccessChange>([
  ['user.disabled', (event) => changeOfUser(event, EVERYTHING)],
  ['user.deleted', (event) => changeOfUser(event, EVERYTHING)],
  ['user.enabled', (event) => ({ ...changeOfUser(event, NOTHING), isEnabled: true })],
  ['user.removed_from_org', (event) => changeOfUser(event, denialOfOrgIn(event))],
  ['user.role_changed_within_org', (event) => changeOfUser(event, NOTHING)],
  ['user.added_to_scim_group', (event) => changeOfUser(event, NOTHING)],
  ['user.removed_from_scim_group', (event) => changeOfUser(event, NOTHING)],
  ['org.deleted', changeOfOrg],
]);

/** @returns `undefined` for an event that does not change access */
export function accessChangeOf(event: AccessEvent): AccessChange | undefined {
  return CHANGES.get(event.event_type)?.(event);
}

function changeOfUser(event: AccessEvent, denied: Denials): AccessChange {
  // PropelAuth documents one name for user.removed_from_org, and has sent the other.
  const userId = event['user_id'] ?? event['removed_user_id'];
  return isId(userId) ? { subject: 'user', userId, denied } : { subject: 'unknown' };
}

function changeOfOrg({ org_id: orgId }: AccessEvent): AccessChange {
  return isId(orgId) ? { subject: 'org', orgId } : { subject: 'unknown' };
}

/** The denied organization. If the event names none, everything is denied. */
function denialOfOrgIn({ org_id: orgId }: AccessEvent): Denials {
  return isId(orgId) ? denialOfOrg(orgId) : EVERYTHING;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
