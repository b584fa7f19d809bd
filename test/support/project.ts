import type { TestIssuer, TestOrgMembership, TestUser } from 'nestjs-propelauth/testing';

/** The PropelAuth project of the tests: its addresses, roles, organizations and users. */

export const AUTH_URL = 'https://auth.example.com';
export const API_KEY = 'integration-key-that-must-never-be-seen';

/** Highest first; for `TestIssuer.create()`. */
export const ROLES = [
  { name: 'Owner', permissions: ['can_view_billing', 'can_edit_billing', 'can_view_reports'] },
  { name: 'Admin', permissions: ['can_view_billing', 'can_view_reports'] },
  { name: 'Member', permissions: ['can_view_reports'] },
];

export const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
export const GLOBEX_ID = 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c';
export const ACME = { orgId: ACME_ID, orgName: 'Acme Inc' };
export const GLOBEX = { orgId: GLOBEX_ID, orgName: 'Globex' };

/** A user with an id of their own. */
export type KnownUser = TestUser & { readonly userId: string };

export const alice = userIn('alice', { ...ACME, role: 'Owner' });
export const bob = userIn('bob', { ...ACME, role: 'Admin' });
export const carol = userIn('carol', { ...ACME, role: 'Member' });
export const dave = userIn('dave');

/** A user with these memberships. */
export function userIn(name: string, ...orgs: TestOrgMembership[]): KnownUser {
  return { userId: `user-${name}`, email: `${name}@example.com`, firstName: name, orgs };
}

/** Claims for `TestIssuer.accessToken()` with one membership, altered in a way that PropelAuth would not issue. */
export function withMembership(
  issuer: TestIssuer,
  membership: TestOrgMembership,
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  const [claims] = Object.values(
    issuer.claimsOf({ orgs: [membership] })['org_id_to_org_member_info'] as object,
  ) as { org_id: string }[];
  return { org_id_to_org_member_info: { [claims!.org_id]: { ...claims, ...changes } } };
}

/** The headers of a request by a user; none for `null`. */
export async function headersOf(
  issuer: TestIssuer,
  user: TestUser | null,
  claims?: Record<string, unknown>,
): Promise<Record<string, string>> {
  return user === null ? {} : { Authorization: await issuer.authorization(user, { claims }) };
}
