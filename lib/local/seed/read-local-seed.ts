import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { emailOf } from '../../testing/issuer/access-token-claims.js';
import type {
  LocalApiKey,
  LocalMembership,
  LocalOrg,
  LocalPerson,
  LocalRole,
  LocalSeed,
} from './local-seed.interface.js';
import { assertDistinct, SeedReader } from './seed-reader.js';

const DEFAULT_ROLES: readonly LocalRole[] = [
  { name: 'Owner' },
  { name: 'Admin' },
  { name: 'Member' },
];

/**
 * A {@link LocalSeed} in which nothing is left out that has a default.
 *
 * @example
 * ```ts
 * const seed: CheckedLocalSeed = readLocalSeed({ people: [{ name: 'alice' }] });
 * console.log(seed.roles.map((role) => role.name)); // ['Owner', 'Admin', 'Member']
 * ```
 *
 * @publicApi
 */
export interface CheckedLocalSeed extends LocalSeed {
  /** Highest first, each with its name. */
  readonly roles: readonly LocalRole[];
  /** None, if none were named. */
  readonly orgs: readonly LocalOrg[];
  /** None, if none were named. */
  readonly apiKeys: readonly LocalApiKey[];
}

/**
 * Reads and checks a seed.
 *
 * @param source the seed, or the path of its JSON file, from the working directory or absolute
 * @returns the seed, with its defaults filled in
 * @throws {PropelAuthConfigurationError} that says what is wrong with it, and where
 * @example
 * ```ts
 * const { people } = readLocalSeed('propelauth.local.json');
 * ```
 *
 * @publicApi
 */
export function readLocalSeed(source: string | LocalSeed): CheckedLocalSeed {
  const [name, value] =
    typeof source === 'string' ? [`The seed ${source}`, parseFile(source)] : ['The seed', source];
  const seed = new SeedReader(name, '', value).object(['roles', 'orgs', 'people', 'apiKeys']);
  const roles = readRoles(seed.roles);
  const orgs = readOrgs(seed.orgs);
  const orgNames = orgs.map((org) => org.name);
  const roleNames = roles.map((role) => role.name);
  const people = readPeople(seed.people, { orgNames, roleNames });
  return {
    roles,
    orgs,
    people,
    apiKeys: readApiKeys(seed.apiKeys, { orgNames, people }),
  };
}

function parseFile(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new PropelAuthConfigurationError(
      `The seed ${path} is not JSON: ${(error as Error).message}.`,
    );
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new PropelAuthConfigurationError(
      `The seed ${path} cannot be read (${(error as NodeJS.ErrnoException).code}). It is looked for at ${resolve(path)}.`,
    );
  }
}

function readRoles(place: SeedReader): readonly LocalRole[] {
  if (place.isAbsent) return DEFAULT_ROLES;
  const roles = place.list().map((role) => {
    if (role.isText) return { place: role, name: role.text() };
    const { name, permissions } = role.object(['name', 'permissions']);
    return { place: name, name: name.text(), permissions: permissions.optionalTexts() };
  });
  if (roles.length === 0) place.fail('names no role. Leave it out for Owner, Admin, Member.');
  assertDistinct(roles.map((role) => role.place));
  return roles.map(({ name, permissions }) => ({ name, permissions }));
}

function readOrgs(place: SeedReader): LocalOrg[] {
  const orgs = place.list().map((org) => org.object(['name', 'orgId', 'metadata']));
  assertDistinct(orgs.map(({ name }) => name));
  assertDistinct(orgs.map(({ orgId }) => orgId).filter((orgId) => !orgId.isAbsent));
  return orgs.map(({ name, orgId, metadata }) => ({
    name: name.text(),
    orgId: orgId.optionalText(),
    metadata: metadata.optionalRecord(),
  }));
}

interface Names {
  readonly orgNames: readonly string[];
  readonly roleNames: readonly string[];
}

const PERSON_FIELDS = [
  'name',
  'userId',
  'email',
  'firstName',
  'lastName',
  'properties',
  'mfaEnabled',
  'orgs',
] as const;

function readPeople(place: SeedReader, names: Names): LocalPerson[] {
  const people = place.list().map((person) => person.object(PERSON_FIELDS));
  if (people.length === 0) place.fail('has to name at least one person.');
  assertDistinct(people.map(({ name }) => name));
  assertDistinct(people.map(({ userId }) => userId).filter((userId) => !userId.isAbsent));
  assertDistinctAddresses(people);
  return people.map((person) => ({
    name: person.name.text(),
    userId: person.userId.optionalText(),
    email: person.email.optionalText(),
    firstName: person.firstName.optionalText(),
    lastName: person.lastName.optionalText(),
    properties: person.properties.optionalRecord(),
    mfaEnabled: person.mfaEnabled.optionalFlag(),
    orgs: readMemberships(person.orgs, names),
  }));
}

/** PropelAuth knows people by their addresses, so two with one address would be one person, with the roles of both. */
function assertDistinctAddresses(people: readonly Record<'name' | 'email', SeedReader>[]): void {
  const seen = new Set<string>();
  for (const { name, email } of people) {
    const address = emailOf({ email: email.optionalText(), username: name.text() });
    if (seen.has(address.toLowerCase())) {
      if (!email.isAbsent) email.fail(`is ${JSON.stringify(address)} once more.`);
      name.fail(
        `stands for the address ${JSON.stringify(address)}, which another person has. Give each an email.`,
      );
    }
    seen.add(address.toLowerCase());
  }
}

function readMemberships(place: SeedReader, { orgNames, roleNames }: Names): LocalMembership[] {
  const memberships = place
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
  place: SeedReader,
  { orgNames, people }: { orgNames: readonly string[]; people: readonly LocalPerson[] },
): LocalApiKey[] {
  const keys = place
    .list()
    .map((key) => key.object(['key', 'person', 'org', 'displayName', 'metadata']));
  assertDistinct(keys.map(({ key }) => key));
  return keys.map(({ key, person, org, displayName, metadata }) => {
    const owner = {
      person: person.isAbsent ? undefined : person.oneOf(namesOf(people), 'people'),
      org: org.isAbsent ? undefined : org.oneOf(orgNames, 'orgs'),
    };
    assertOwned(key, owner, people);
    return {
      key: key.text(),
      ...owner,
      displayName: displayName.optionalText(),
      metadata: metadata.optionalRecord(),
    };
  });
}

function assertOwned(
  key: SeedReader,
  { person, org }: Pick<LocalApiKey, 'person' | 'org'>,
  people: readonly LocalPerson[],
): void {
  if (person === undefined && org === undefined) {
    key.fail('belongs to nobody: name a person, an org or both beside it.');
  }
  const { orgs = [] } = people.find(({ name }) => name === person) ?? {};
  if (person !== undefined && org !== undefined && !orgs.some((each) => each.org === org)) {
    key.fail(`belongs to ${person} in ${org}, where ${person} is not. Put ${org} into their orgs.`);
  }
}

function namesOf(people: readonly LocalPerson[]): string[] {
  return people.map(({ name }) => name);
}
