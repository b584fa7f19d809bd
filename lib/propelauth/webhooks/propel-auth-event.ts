// Type aliases, which the compiler can write out in the declarations of applications. Interfaces would have to be exported.
type UserFields = { readonly user_id: string };
type OrgFields = { readonly org_id: string };
type MembershipFields = UserFields & OrgFields;
type ScimGroupFields = { readonly scim_group_id?: string; readonly display_name?: string };
type ScimKeyFields = { readonly scim_key_id?: string; readonly display_name?: string };

/**
 * The fields of each event, besides its type. PropelAuth documents the ids that an event is about. Other fields are known from
 * integrations, so they are optional.
 */
interface FieldsByType {
  'user.created': UserFields & {
    readonly email?: string;
    readonly email_confirmed?: boolean;
    readonly first_name?: string;
    readonly last_name?: string;
    readonly picture_url?: string;
    readonly username?: string;
  };
  'user.updated': UserFields;
  'user.deleted': UserFields;
  'user.enabled': UserFields;
  'user.disabled': UserFields;
  'user.locked': UserFields;
  'user.login': UserFields & { readonly active_org_id?: string };
  'user.logged_out': UserFields;
  'user.impersonated': UserFields & { readonly impersonator_user_id?: string };
  'user.deleted_personal_api_key': UserFields & { readonly api_key_id?: string };
  'user.send_mfa_phone_code': UserFields & { readonly phone_number?: string };
  'user.added_to_org': MembershipFields & { readonly role?: string };
  /** `user_id` is always present, even if PropelAuth sends only `removed_user_id`. */
  'user.removed_from_org': MembershipFields & { readonly removed_user_id?: string };
  'user.role_changed_within_org': MembershipFields & {
    readonly new_role?: string;
    readonly old_role?: string;
  };
  'user.added_to_scim_group': MembershipFields & ScimGroupFields;
  'user.removed_from_scim_group': MembershipFields & ScimGroupFields;
  'user.invited_to_org': OrgFields & {
    readonly user_id?: string;
    readonly email?: string;
    readonly role?: string;
  };
  'org.created': OrgFields & { readonly name?: string };
  'org.updated': OrgFields;
  'org.deleted': OrgFields;
  'org.api_key_deleted': OrgFields & { readonly api_key_id?: string };
  'org.saml_setup': OrgFields;
  'org.saml_went_live': OrgFields;
  'org.saml_removed': OrgFields;
  'org.scim_group_created': OrgFields & ScimGroupFields;
  'org.scim_group_updated': OrgFields & ScimGroupFields;
  'org.scim_group_deleted': OrgFields & ScimGroupFields;
  'org.scim_key_created': OrgFields & ScimKeyFields;
  'org.scim_key_revoked': OrgFields & ScimKeyFields;
}

/**
 * The types of the events that PropelAuth sends, such as `'user.created'`.
 *
 * @publicApi
 */
export type PropelAuthEventType = keyof FieldsByType;

/** Other fields of events, as in the event catalog of the PropelAuth dashboard. */
type OtherFields = { readonly [field: string]: unknown };

/**
 * An event that PropelAuth sends to a webhook. `PropelAuthEvent<'user.created'>` is one of that type, and `PropelAuthEvent<'org.created' |
 * 'org.deleted'>` one of either. Without a type argument it is any event: use `switch` on `event_type`.
 *
 * It has all fields that PropelAuth sends, and is frozen. Types that are new to this package reach handlers of all events, so keep a
 * `default` branch. Only `event_type` is checked. Take the ids from the event and fetch the current state with {@link PropelAuthApi},
 * because events can arrive twice and out of order.
 *
 * @see PropelAuth, "Webhooks"
 * @publicApi
 */
export type PropelAuthEvent<Type extends PropelAuthEventType = PropelAuthEventType> = {
  [Name in Type]: { readonly event_type: Name } & FieldsByType[Name] & OtherFields;
}[Type];

// The type Record makes the compiler demand every event type.
const EVENT_TYPES: Record<PropelAuthEventType, true> = {
  'user.created': true,
  'user.updated': true,
  'user.deleted': true,
  'user.enabled': true,
  'user.disabled': true,
  'user.locked': true,
  'user.login': true,
  'user.logged_out': true,
  'user.impersonated': true,
  'user.deleted_personal_api_key': true,
  'user.send_mfa_phone_code': true,
  'user.added_to_org': true,
  'user.removed_from_org': true,
  'user.role_changed_within_org': true,
  'user.added_to_scim_group': true,
  'user.removed_from_scim_group': true,
  'user.invited_to_org': true,
  'org.created': true,
  'org.updated': true,
  'org.deleted': true,
  'org.api_key_deleted': true,
  'org.saml_setup': true,
  'org.saml_went_live': true,
  'org.saml_removed': true,
  'org.scim_group_created': true,
  'org.scim_group_updated': true,
  'org.scim_group_deleted': true,
  'org.scim_key_created': true,
  'org.scim_key_revoked': true,
};

/** The names of all known events. */
export const PROPELAUTH_EVENT_TYPES = Object.keys(EVENT_TYPES) as PropelAuthEventType[];
