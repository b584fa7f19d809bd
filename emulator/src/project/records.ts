import type { Membership } from './role-hierarchy.js';

/** Custom JSON of a user, an organization or a key. */
export type Metadata = Readonly<Record<string, unknown>>;

/** A user, with PropelAuth's field names. Times are in seconds since 1970. */
export interface UserRecord {
  readonly user_id: string;
  readonly email: string;
  readonly email_confirmed: boolean;
  readonly has_password: boolean;
  readonly username?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly picture_url?: string;
  readonly locked: boolean;
  readonly enabled: boolean;
  readonly mfa_enabled: boolean;
  readonly can_create_orgs: boolean;
  readonly created_at: number;
  readonly last_active_at: number;
  readonly legacy_user_id?: string;
  readonly metadata?: Metadata;
  readonly properties?: Metadata;
}

/** An organization, with PropelAuth's field names. */
export interface OrgRecord {
  readonly org_id: string;
  readonly name: string;
  readonly url_safe_org_slug: string;
  readonly can_setup_saml: boolean;
  readonly is_saml_configured: boolean;
  readonly is_saml_in_test_mode: boolean;
  readonly max_users?: number;
  readonly metadata: Metadata;
  readonly domain?: string;
  readonly extra_domains: readonly string[];
  readonly domain_autojoin: boolean;
  readonly domain_restrict: boolean;
  /** The role mapping that the organization is subscribed to. Without one, its roles have the permissions of the project's roles. */
  readonly custom_role_mapping_name?: string;
  readonly legacy_org_id?: string;
  readonly password_rotation_enabled: boolean;
  readonly password_rotation_history_size: number;
  readonly password_rotation_period: number;
  readonly created_at: number;
}

/** A user's roles in an organization. */
export type MembershipRecord = Membership;

/** A pending invitation. */
export interface InviteRecord {
  readonly invitee_email: string;
  readonly org_id: string;
  readonly org_name: string;
  readonly role_in_org: string;
  readonly additional_roles_in_org: readonly string[];
  readonly created_at: number;
  readonly expires_at: number;
}

/** An end-user API key. */
export interface ApiKeyRecord {
  readonly id: string;
  readonly token: string;
  readonly isImported: boolean;
  readonly userId?: string;
  readonly orgId?: string;
  readonly displayName?: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly metadata: unknown;
  readonly isArchived: boolean;
}

/** Proof that a user passed an MFA challenge for an action. */
export interface GrantRecord {
  readonly userId: string;
  readonly actionType: string;
  readonly isForOneUse: boolean;
  readonly expiresAt: number;
}
