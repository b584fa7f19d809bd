import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EmulatorError } from '../emulator.error.js';
import { emailOf } from '../issuer/access-token-claims.js';
import type {
  SeedApiKey,
  SeedMembership,
  SeedOrg,
  SeedUser,
  SeedRole,
  SeedRoleMapping,
  Seed,
} from './seed.js';
import { assertDistinct, SeedReader } from './seed-reader.js';

const DEFAULT_ROLES: readonly SeedRole[] = [
  { name: 'Owner' },
  { name: 'Admin' },
  { name: 'Member' },
];

/**
 * A checked {@link Seed}, with its defaults filled in.
 *
 * @example
 * ```ts
 * const seed: CheckedSeed = readSeed({ users: [{ name: 'alice' }] });
 * console.log(seed.roles.map((role) => role.name)); // ['Owner', 'Admin', 'Member']
 * ```
 *
 * @publicApi
 */
export interface CheckedSeed extends Seed {
  /** Highest first. */
  readonly roles: readonly SeedRole[];
  /** Default: empty. */
  readonly roleMappings: readonly SeedRoleMapping[];
  /** Default: empty. */
  readonly users: readonly SeedUser[];
  /** Default: empty. */
  readonly orgs: readonly SeedOrg[];
  /** Default: empty. */
  readonly apiKeys: readonly SeedApiKey[];
}

/**
 * Reads and checks a seed.
 *
 * @param source the seed, or the path of its JSON file, absolute or relative to the working directory
 * @returns the seed, with its defaults filled in
 * @throws {EmulatorError} if the file cannot be read or the seed is invalid
 * @example
 * ```ts
 * const { users } = readSeed('propelauth.emulator.json');
 * ```
 *
 * @publicApi
 */
export function readSeed(source: string | Seed): CheckedSeed {
  const [name, value] =
    typeof source === 'string' ? [`The seed ${source}`, parseFile(source)] : ['The seed', source];
  const seed = new SeedReader(name, '', value).object([
    '$schema',
    'roles',
    'roleMappings',
    'orgs',
    'users',
    'apiKeys',
  ]);
  const roles = readRoles(seed.roles);
  const roleNames = roles.map((role) => role.name);
  const roleMappings = readRoleMappings(seed.roleMappings, roleNames);
  const orgs = readOrgs(seed.orgs, roleMappings);
  const orgNames = orgs.map((org) => org.name);
  const users = readUsers(seed.users, { orgNames, roleNames });
  return {
    roles,
    roleMappings,
    orgs,
    users,
    apiKeys: readApiKeys(seed.apiKeys, { orgNames, users }),
  };
}

function parseFile(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new EmulatorError(`The seed ${path} is not JSON: ${(error as Error).message}.`);
  }
}

function readText(path: string): string {
  try {
    // Unlike readFileSync(), it leaves a byte order mark out.
    return new TextDecoder().decode(readFileSync(path));
  } catch (error) {
    throw new EmulatorError(
      `The seed ${path} cannot be read from ${resolve(path)} (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

function readRoles(reader: SeedReader): readonly SeedRole[] {
  if (reader.isAbsent) return DEFAULT_ROLES;
  const roles = reader.list().map((role) => {
    if (role.isText) return { reader: role, name: role.text() };
    const { name, permissions } = role.object(['name', 'permissions']);
    return { reader: name, name: name.text(), permissions: permissions.optionalTexts() };
  });
  if (roles.length === 0) reader.fail('is empty. Leave it out for Owner, Admin, Member.');
  assertDistinct(roles.map((role) => role.reader));
  return roles.map(({ name, permissions }) => ({ name, permissions }));
}

function readRoleMappings(reader: SeedReader, roleNames: readonly string[]): SeedRoleMapping[] {
  const mappings = reader.list().map((mapping) => mapping.object(['name', 'roles']));
  assertDistinct(mappings.map(({ name }) => name));
  return mappings.map(({ name, roles: mapped }) => {
    const roles = mapped.list().map((role) => role.object(['name', 'permissions']));
    assertDistinct(roles.map((role) => role.name));
    return {
      name: name.text(),
      roles: roles.map((role) => ({
        name: role.name.oneOf(roleNames, 'roles'),
        permissions: role.permissions.optionalTexts(),
      })),
    };
  });
}

function readOrgs(reader: SeedReader, mappings: readonly SeedRoleMapping[]): SeedOrg[] {
  const mappingNames = mappings.map(({ name }) => name);
  const orgs = reader.list().map((org) => org.object(['name', 'orgId', 'metadata', 'roleMapping']));
  assertDistinct(orgs.map(({ name }) => name));
  assertDistinct(orgs.map(({ orgId }) => orgId).filter((orgId) => !orgId.isAbsent));
  return orgs.map(({ name, orgId, metadata, roleMapping }) => ({
    name: name.text(),
    orgId: orgId.optionalText(),
    metadata: metadata.optionalRecord(),
    roleMapping: roleMapping.isAbsent ? undefined : roleMapping.oneOf(mappingNames, 'roleMappings'),
  }));
}

interface Names {
  readonly orgNames: readonly string[];
  readonly roleNames: readonly string[];
}

const USER_FIELDS = [
  'name',
  'userId',
  'email',
  'firstName',
  'lastName',
  'properties',
  'mfaEnabled',
  'orgs',
] as const;

function readUsers(reader: SeedReader, names: Names): SeedUser[] {
  const users = reader.list().map((user) => user.object(USER_FIELDS));
  assertDistinct(users.map(({ name }) => name));
  assertDistinct(users.map(({ userId }) => userId).filter((userId) => !userId.isAbsent));
  assertDistinctAddresses(users);
  return users.map((user) => ({
    name: user.name.text(),
    userId: user.userId.optionalText(),
    email: user.email.optionalText(),
    firstName: user.firstName.optionalText(),
    lastName: user.lastName.optionalText(),
    properties: user.properties.optionalRecord(),
    mfaEnabled: user.mfaEnabled.optionalFlag(),
    orgs: readMemberships(user.orgs, names),
  }));
}

/** Ids are derived from email addresses, so two users with the same address would be one user with the roles of both. */
function assertDistinctAddresses(users: readonly Record<'name' | 'email', SeedReader>[]): void {
  const seen = new Set<string>();
  for (const { name, email } of users) {
    const address = emailOf({ email: email.optionalText(), username: name.text() });
    if (seen.has(address.toLowerCase())) {
      if (!email.isAbsent) email.fail(`is a duplicate: ${JSON.stringify(address)}.`);
      name.fail(
        `defaults to the email ${JSON.stringify(address)}, which another user has. Give each an email.`,
      );
    }
    seen.add(address.toLowerCase());
  }
}

function readMemberships(reader: SeedReader, { orgNames, roleNames }: Names): SeedMembership[] {
  const memberships = reader
    .list()
    .map((membership) => membership.object(['org', 'role', 'additionalRoles', 'permissions']));
  assertDistinct(memberships.map(({ org }) => org));
  return memberships.map(({ org, role, additionalRoles, permissions }) => ({
    org: org.oneOf(orgNames, 'orgs'),
    role: role.oneOf(roleNames, 'roles'),
    additionalRoles: additionalRoles.isAbsent
      ? undefined
      : additionalRoles.list().map((name) => name.oneOf(roleNames, 'roles')),
    permissions: permissions.optionalTexts(),
  }));
}

function readApiKeys(
  reader: SeedReader,
  { orgNames, users }: { orgNames: readonly string[]; users: readonly SeedUser[] },
): SeedApiKey[] {
  const keys = reader
    .list()
    .map((key) => key.object(['key', 'user', 'org', 'imported', 'displayName', 'metadata']));
  assertDistinct(keys.map(({ key }) => key));
  return keys.map(({ key, user, org, imported, displayName, metadata }) => {
    const owner = {
      user: user.isAbsent ? undefined : user.oneOf(namesOf(users), 'users'),
      org: org.isAbsent ? undefined : org.oneOf(orgNames, 'orgs'),
    };
    assertMember(key, owner, users);
    return {
      key: key.text(),
      ...owner,
      imported: imported.optionalFlag(),
      displayName: displayName.optionalText(),
      metadata: metadata.optionalRecord(),
    };
  });
}

function assertMember(
  key: SeedReader,
  { user, org }: Pick<SeedApiKey, 'user' | 'org'>,
  users: readonly SeedUser[],
): void {
  const { orgs = [] } = users.find(({ name }) => name === user) ?? {};
  if (user !== undefined && org !== undefined && !orgs.some((each) => each.org === org)) {
    key.fail(
      `belongs to ${user} in ${org}, but ${user} is not a member. Add ${org} to their orgs.`,
    );
  }
}

function namesOf(users: readonly SeedUser[]): string[] {
  return users.map(({ name }) => name);
}
