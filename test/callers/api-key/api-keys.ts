import { ACME_ID } from '../../support/project.js';

/** An end-user API key, in the form of PropelAuth's. */
export const API_KEY_OF_ALICE = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90';

/** PropelAuth's description of a user, as its backend writes it. */
export const aliceAsUser = {
  user_id: '31c41c16-c281-44ae-9602-8a047e3bf33d',
  email: 'alice@example.com',
  email_confirmed: true,
  has_password: true,
  username: 'alice',
  first_name: 'Alice',
  last_name: null,
  picture_url: 'https://example.com/alice.png',
  locked: false,
  enabled: true,
  mfa_enabled: false,
  can_create_orgs: false,
  created_at: 1_700_000_000,
  last_active_at: 1_700_000_001,
  metadata: { plan_name: 'pro', nested_list: [{ some_key: 1 }] },
  properties: { favorite_color: 'blue', nested: { other_key: [1, { third_key: null }] } },
};

/** PropelAuth's description of an organization. */
export const acmeAsOrg = {
  org_id: ACME_ID,
  org_name: 'Acme Inc',
  can_setup_saml: false,
  max_users: 100,
  metadata: { billing_id: 'b_1' },
};

/** PropelAuth's description of a membership. */
export const aliceInAcme = {
  org_id: ACME_ID,
  org_name: 'Acme Inc',
  url_safe_org_name: 'acme-inc',
  org_metadata: { billing_id: 'b_1' },
  org_role_structure: 'single_role_in_hierarchy',
  user_role: 'Admin',
  inherited_user_roles_plus_current_role: ['Admin', 'Member'],
  additional_roles: [],
  user_permissions: ['can_view_billing'],
};

/** The answer about a key that a user made for themselves. */
export const personalKey = { metadata: { made_for: 'ci' }, user: aliceAsUser };

/** The answer about a key that a user made for an organization. */
export const orgKeyOfMember = {
  metadata: { made_for: 'ci' },
  user: aliceAsUser,
  org: acmeAsOrg,
  user_in_org: aliceInAcme,
};

/** The answer about a key of an organization itself. */
export const orgKey = { metadata: {}, org: acmeAsOrg };

/** PropelAuth's answer about a key that it does not know. */
export const unknownKey = { status: 400, body: { api_key_token: ['Invalid API key'] } };

/** PropelAuth's answer about a key that is used too often. */
export const rateLimitedKey = {
  status: 429,
  body: {
    error_code: 'api_key_rate_limited',
    user_facing_error: 'Too many requests',
    wait_seconds: 7,
  },
};
