/** Highest first: each role includes those after it, as in the default hierarchy of PropelAuth. */
const ROLES = ['Owner', 'Admin', 'Member'] as const;
export type Role = (typeof ROLES)[number];

const PERMISSIONS: Record<Role, readonly string[]> = {
  Owner: ['can_view_billing'],
  Admin: ['can_view_billing'],
  Member: [],
};

/** Someone who can get an access token by name. */
export interface Person {
  /** What the request for the token says. */
  readonly name: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly userId: string;
  /** The role in Acme; left out for someone who is in no organization. */
  readonly role?: Role;
}

/** The one organization. */
export const ACME = {
  orgId: 'acce0000-0000-4000-8000-000000000000',
  name: 'Acme Inc',
  urlSafeName: 'acme-inc',
} as const;

/** With ids that stay the same, so that what was stored or bookmarked outlives a restart. */
export const PEOPLE: readonly Person[] = [
  {
    name: 'alice',
    firstName: 'Alice',
    lastName: 'Archer',
    userId: 'a11ce000-0000-4000-8000-000000000001',
    role: 'Owner',
  },
  {
    name: 'bob',
    firstName: 'Bob',
    lastName: 'Baker',
    userId: 'b0b00000-0000-4000-8000-000000000002',
    role: 'Admin',
  },
  {
    name: 'carol',
    firstName: 'Carol',
    lastName: 'Cooper',
    userId: 'ca401000-0000-4000-8000-000000000003',
    role: 'Member',
  },
  {
    name: 'dave',
    firstName: 'Dave',
    lastName: 'Draper',
    userId: 'da4e0000-0000-4000-8000-000000000004',
  },
];

/** Whether a person is in the organization with this id. */
export function isMemberOf({ role }: Person, orgId: string): boolean {
  return role !== undefined && orgId === ACME.orgId;
}

/** The role and the roles below it. */
export function rolesUpTo(role: Role): readonly Role[] {
  return ROLES.slice(ROLES.indexOf(role));
}

/** What a role permits. */
export function permissionsOf(role: Role): readonly string[] {
  return PERMISSIONS[role];
}
