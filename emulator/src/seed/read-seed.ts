import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { safeParse, type BaseIssue, type InferOutput } from 'valibot';
import { EmulatorError } from '../emulator.error.js';
import { emailOf } from '../issuer/access-token-claims.js';
import { isJsonObject } from '../json-object.js';
import {
  seed as schema,
  type Seed,
  type SeedApiKey,
  type SeedMembership,
  type SeedRole,
  type SeedUser,
} from './seed.js';

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
export interface CheckedSeed extends Required<Omit<Seed, '$schema' | 'roles'>> {
  /** Highest first. */
  readonly roles: readonly SeedRole[];
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
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    throw new EmulatorError(`${name} is invalid: ${error.place || 'it'} ${error.message}`);
  }
}

function parseFile(path: string): unknown {
  try {
    // Unlike readFileSync(), it leaves a byte order mark out.
    return JSON.parse(new TextDecoder().decode(readFileSync(path)));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EmulatorError(
      code === undefined
        ? `The seed ${path} is not JSON: ${message}.`
        : `The seed ${path} cannot be read from ${resolve(path)} (${code}).`,
    );
  }
}

/** What is wrong in a seed, and where, such as at `users[0].name`; the place of the whole seed is empty. */
class Mistake extends Error {
  constructor(
    readonly place: string,
    problem: string,
  ) {
    super(problem);
  }
}

function read(value: unknown): CheckedSeed {
  // The library takes a list for an object.
  const { output, issues } = safeParse(schema, isJsonObject(value) ? value : null);
  if (issues !== undefined) throw mistakeOf(issues.find(isAboutKeys) ?? issues[0]);
  const { $schema: _schema, ...seed } = output;
  checkNames(seed);
  const roles = seed.roles.map((role) => (typeof role === 'string' ? { name: role } : role));
  return { ...seed, roles };
}

/** Whether an issue is about the keys of an object: its path ends with one of them. */
function isAboutKeys({ type, expected, path }: BaseIssue<unknown>): boolean {
  const isKey = type === 'strict_object' && expected !== 'Object';
  return isKey && (expected === 'never' || Array.isArray(path?.at(-1)?.input));
}

/** @param start the place at which the path of the issue begins */
function mistakeOf(issue: BaseIssue<unknown>, start = ''): Mistake {
  const path = (issue.path ?? []).slice(0, isAboutKeys(issue) ? -1 : undefined);
  const place = path.reduce(
    (outer, { key }) =>
      typeof key === 'number' ? `${outer}[${key}]` : `${outer}${outer && '.'}${String(key)}`,
    start,
  );
  // Of what a role can be, the object is last.
  const inner = issue.issues?.at(-1);
  return inner === undefined ? new Mistake(place, issue.message) : mistakeOf(inner, place);
}

type Output = InferOutput<typeof schema>;

/** Checks that no name is used twice, and that names refer to something. */
function checkNames({ roles, roleMappings, orgs, users, apiKeys, invites }: Output): void {
  const roleNames = distinct(
    roles.map((role, index) =>
      typeof role === 'string' ? [`roles[${index}]`, role] : [`roles[${index}].name`, role.name],
    ),
  );
  const mappingNames = distinct(at('roleMappings', roleMappings, 'name'));
  for (const [index, mapping] of roleMappings.entries()) {
    const names = at(`roleMappings[${index}].roles`, mapping.roles, 'name');
    distinct(names);
    assertKnown(names, roleNames, 'roles');
  }
  const orgNames = distinct(at('orgs', orgs, 'name'));
  distinct(at('orgs', orgs, 'orgId'));
  assertKnown(at('orgs', orgs, 'roleMapping'), mappingNames, 'roleMappings');
  const userNames = distinct(at('users', users, 'name'));
  distinct(at('users', users, 'userId'));
  assertDistinctAddresses(users);
  for (const [index, user] of users.entries()) {
    const place = `users[${index}].orgs`;
    distinct(at(place, user.orgs, 'org'));
    assertRoles(place, user.orgs);
  }
  assertRoles('invites', invites);
  distinct(at('apiKeys', apiKeys, 'key'));
  assertKnown(at('apiKeys', apiKeys, 'user'), userNames, 'users');
  assertKnown(at('apiKeys', apiKeys, 'org'), orgNames, 'orgs');
  assertMembers(apiKeys, users);

  function assertRoles(place: string, memberships: readonly SeedMembership[]): void {
    assertKnown(at(place, memberships, 'org'), orgNames, 'orgs');
    assertKnown(at(place, memberships, 'role'), roleNames, 'roles');
    const additional = memberships.flatMap(({ additionalRoles = [] }, org) =>
      additionalRoles.map((role, number): Placed => [
        `${place}[${org}].additionalRoles[${number}]`,
        role,
      ]),
    );
    assertKnown(additional, roleNames, 'roles');
  }
}

/** A text of the seed, and where it is; a place without one counts for nothing. */
type Placed = readonly [place: string, text: string | undefined];

/** The texts of a key in a list of objects. */
function at<Key extends string>(
  list: string,
  objects: readonly { readonly [Each in Key]?: string }[],
  key: Key,
): Placed[] {
  return objects.map((object, index) => [`${list}[${index}].${key}`, object[key]]);
}

function distinct(placed: readonly Placed[]): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const [place, text] of placed) {
    if (text === undefined) continue;
    if (seen.has(text)) throw new Mistake(place, `is a duplicate: ${JSON.stringify(text)}.`);
    seen.add(text);
  }
  return seen;
}

function assertKnown(placed: readonly Placed[], names: ReadonlySet<string>, what: string): void {
  for (const [place, name] of placed) {
    if (name === undefined || names.has(name)) continue;
    const known =
      names.size === 0 ? `The seed has no ${what}` : `Use one of ${[...names].join(', ')}`;
    throw new Mistake(
      place,
      `is ${JSON.stringify(name)}, which is not one of the ${what}. ${known}.`,
    );
  }
}

/** Ids are derived from email addresses, so two users with the same address would be one user with the roles of both. */
function assertDistinctAddresses(users: readonly SeedUser[]): void {
  const seen = new Set<string>();
  for (const [index, { name, email }] of users.entries()) {
    const address = emailOf({ email, username: name });
    if (seen.has(address.toLowerCase())) {
      throw email === undefined
        ? new Mistake(
            `users[${index}].name`,
            `defaults to the email ${JSON.stringify(address)}, which another user has. Give each an email.`,
          )
        : new Mistake(`users[${index}].email`, `is a duplicate: ${JSON.stringify(address)}.`);
    }
    seen.add(address.toLowerCase());
  }
}

/** A key of a user in an organization is that of a member. */
function assertMembers(keys: readonly SeedApiKey[], users: readonly SeedUser[]): void {
  const orgsOf = new Map(
    users.map(({ name, orgs = [] }) => [name, new Set(orgs.map(({ org }) => org))]),
  );
  for (const [index, { user, org }] of keys.entries()) {
    if (user === undefined || org === undefined || orgsOf.get(user)?.has(org)) continue;
    throw new Mistake(
      `apiKeys[${index}].key`,
      `belongs to ${user} in ${org}, but ${user} is not a member. Add ${org} to their orgs.`,
    );
  }
}
