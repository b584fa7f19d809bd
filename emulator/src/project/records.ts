import type { Membership } from './role-hierarchy.js';

/** Custom JSON of a user, an organization or a key. */
export type Metadata = Readonly<Record<string, unknown>>;

/** A user, with PropelAuth's field names. Times are in seconds since 1970. */
export interface UserRecord {
  readonly user_id: string;
  email: string;
  email_confirmed: boolean;
  has_password: boolean;
  username?: string;
  first_name?: string;
  last_name?: string;
  picture_url?: string;
  locked: boolean;
  enabled: boolean;
  mfa_enabled: boolean;
  can_create_orgs: boolean;
  readonly created_at: number;
  last_active_at: number;
  legacy_user_id?: string;
  metadata?: Metadata;
  properties?: Metadata;
}

/** An organization, with PropelAuth's field names. */
export interface OrgRecord {
  readonly org_id: string;
  name: string;
  url_safe_org_slug: string;
  can_setup_saml: boolean;
  readonly is_saml_configured: boolean;
  readonly is_saml_in_test_mode: boolean;
  max_users?: number;
  metadata: Metadata;
  domain?: string;
  extra_domains: readonly string[];
  domain_autojoin: boolean;
  domain_restrict: boolean;
  /** The role mapping that the organization is subscribed to. Without one, its roles have the permissions of the project's roles. */
  custom_role_mapping_name?: string;
  legacy_org_id?: string;
  password_rotation_enabled: boolean;
  password_rotation_history_size: number;
  password_rotation_period: number;
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
  expiresAt?: number;
  metadata: unknown;
  isArchived: boolean;
}

/** Proof that a user passed an MFA challenge for an action. */
export interface GrantRecord {
  readonly userId: string;
  readonly actionType: string;
  readonly isForOneUse: boolean;
  readonly expiresAt: number;
}
