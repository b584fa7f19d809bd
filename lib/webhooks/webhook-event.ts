/** Events about users. */
type UserEventType =
  | 'user.created'
  | 'user.updated'
  | 'user.deleted'
  | 'user.enabled'
  | 'user.disabled'
  | 'user.locked'
  | 'user.login'
  | 'user.logged_out'
  | 'user.impersonated'
  | 'user.deleted_personal_api_key'
  | 'user.send_mfa_phone_code';

/** Events about users in organizations. */
type MembershipEventType =
  | 'user.added_to_org'
  | 'user.removed_from_org'
  | 'user.role_changed_within_org'
  | 'user.added_to_scim_group'
  | 'user.removed_from_scim_group';

/** Events about organizations. */
type OrgEventType =
  | 'org.created'
  | 'org.updated'
  | 'org.deleted'
  | 'org.api_key_deleted'
  | 'org.saml_setup'
  | 'org.saml_went_live'
  | 'org.saml_removed'
  | 'org.scim_group_created'
  | 'org.scim_group_updated'
  | 'org.scim_group_deleted'
  | 'org.scim_key_created'
  | 'org.scim_key_revoked';

/** Fields that are not typed here; see the event catalog in the PropelAuth dashboard. */
interface EventFields {
  readonly [field: string]: unknown;
}

/**
 * An event that PropelAuth sends to a webhook, as it is sent. `event_type` tells which: `switch` over it, and leave a `default`
 * branch for events that are new.
 *
 * Only the type of the event is checked; take the ids from it and ask {@link PropelAuthApi} for the present state, since events
 * can arrive twice and out of order.
 *
 * @see PropelAuth, "Webhooks"
 * @publicApi
 */
export type PropelAuthWebhookEvent =
  | (EventFields & { readonly event_type: UserEventType; readonly user_id: string })
  | (EventFields & {
      readonly event_type: MembershipEventType;
      readonly user_id: string;
      readonly org_id: string;
    })
  | (EventFields & { readonly event_type: OrgEventType; readonly org_id: string })
  | (EventFields & { readonly event_type: 'user.invited_to_org'; readonly org_id: string });
