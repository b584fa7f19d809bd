import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../json-object.js';

const NO_TEXT = 'has to be a non-empty string.';

/** An object with these keys and no others. */
function object<const Entries extends v.ObjectEntries>(entries: Entries) {
  const keys = Object.keys(entries).join(', ');
  return v.strictObject(entries, ({ expected, path = [] }) => {
    const { input, key } = path.at(-1) ?? {};
    if (expected === 'Object' || Array.isArray(input)) {
      return `has to be an object with the keys ${keys}.`;
    }
    // Only texts are required.
    if (expected !== 'never') return NO_TEXT;
    return `has the unknown key ${JSON.stringify(key)}. Known keys are ${keys}.`;
  });
}

function list<const Item extends v.GenericSchema>(item: Item) {
  return v.array(item, 'has to be a list.');
}

// Declared, so that the published types are short.
const text: v.GenericSchema<string> = v.pipe(v.string(NO_TEXT), v.regex(/\S/, NO_TEXT));
const texts: v.GenericSchema<string[]> = list(text);
const flag: v.GenericSchema<boolean> = v.boolean('has to be true or false.');
const whole: v.GenericSchema<number> = v.pipe(
  v.number('has to be an integer.'),
  v.integer('has to be an integer.'),
);
const record: v.GenericSchema<JsonObject> = v.custom(isJsonObject, 'has to be an object.');

export const role = object({
  /** The name that memberships refer to. */
  name: text,
  /** Default: none. */
  permissions: v.optional(texts),
});

export const roleMapping = object({
  /** The name that organizations refer to, such as `Paid`. */
  name: text,
  /** Some of the `roles`, with their permissions in this mapping. The others have those of `roles`. Default: none. */
  roles: v.optional(list(role), []),
});

export const org = object({
  /** The name that memberships and API keys refer to. */
  name: text,
  /** Default: derived from the name. */
  orgId: v.optional(text),
  /** Custom properties. Default: none. */
  metadata: v.optional(record),
  /** The domain of its members' email addresses. Default: none. */
  domain: v.optional(text),
  /** Whether users of the domain can join. Default: `false`. */
  domainAutojoin: v.optional(flag),
  /** How many members it can have. Default: any number. */
  maxUsers: v.optional(whole),
  /** Default: none. */
  legacyOrgId: v.optional(text),
  /** The name of one of the `roleMappings`. Default: the permissions of `roles`. */
  roleMapping: v.optional(text),
});

export const membership = object({
  /** The name of one of the `orgs`. */
  org: text,
  /** One of the `roles`. */
  role: text,
  /** Additional roles, for projects in which users can have several. */
  additionalRoles: v.optional(texts),
  /** Default: the permissions of the roles. */
  permissions: v.optional(texts),
});

export const user = object({
  /** The name that you sign in with, and the `username` in access tokens. */
  name: text,
  /** Default: derived from the email address. */
  userId: v.optional(text),
  /** Default: `<name>@example.com`. */
  email: v.optional(text),
  /** Default: none. */
  firstName: v.optional(text),
  /** Default: none. */
  lastName: v.optional(text),
  /** Custom user properties. Default: none. */
  properties: v.optional(record),
  /** Properties that the user cannot see. Default: none. */
  metadata: v.optional(record),
  /** The id in the system that the user was migrated from. Default: none. */
  legacyUserId: v.optional(text),
  /** Default: none. */
  pictureUrl: v.optional(text),
  /** `false` for a disabled user. Default: `true`. */
  enabled: v.optional(flag),
  /** Default: `true`. */
  emailConfirmed: v.optional(flag),
  /** Default: `false`. */
  canCreateOrgs: v.optional(flag),
  /** Whether the user has set up MFA. Default: `false`. */
  mfaEnabled: v.optional(flag),
  /** Default: none. */
  orgs: v.optional(list(membership), []),
});

export const apiKey = object({
  /** The key that the client sends. It is not a secret: it works with the emulator only. */
  key: text,
  /** The user it belongs to: the name of one of the `users`. */
  user: v.optional(text),
  /** The organization it belongs to: the name of one of the `orgs`. A key without a user and an organization is generic. */
  org: v.optional(text),
  /** Whether the key was made elsewhere, and imported. Default: `false`. */
  imported: v.optional(flag),
  /** The name that the user gave it. Default: none. */
  displayName: v.optional(text),
  /** The lifetime from the start, in seconds; negative for an expired key. Default: it does not expire. */
  expiresInSeconds: v.optional(whole),
  /** Default: none. */
  metadata: v.optional(record),
});

export const invite = object({
  /** The email address that is invited. */
  email: text,
  /** The name of one of the `orgs`. */
  org: text,
  /** One of the `roles`. */
  role: text,
  /** Additional roles, for projects in which users can have several. */
  additionalRoles: v.optional(texts, []),
});

/**
 * The schema of a seed: the types below, the checks of `readSeed()` and seed.schema.json come from it. What it can't say, such as which names
 * refer to each other, is checked in read-seed.ts.
 */
export const seed = object({
  /** Where editors find the schema, for example `./node_modules/propelauth-emulator/seed.schema.json`. */
  $schema: v.optional(text),
  /** All roles, highest first, as names or with their permissions. Default: `Owner`, `Admin`, `Member`. */
  roles: v.optional(
    v.pipe(
      list(v.union([text, role])),
      v.minLength(1, 'is empty. Leave it out for Owner, Admin, Member.'),
    ),
    ['Owner', 'Admin', 'Member'],
  ),
  /** PropelAuth's role mappings: what the roles may do in some organizations, such as those of a plan. Default: none. */
  roleMappings: v.optional(list(roleMapping), []),
  /** Default: none. */
  orgs: v.optional(list(org), []),
  /** Default: none. */
  users: v.optional(list(user), []),
  /** End-user API keys. Default: none. */
  apiKeys: v.optional(list(apiKey), []),
  /** Pending invitations. Default: none. */
  invites: v.optional(list(invite), []),
});

/** What can be written for a schema: constants, too. */
type Input<Schema extends v.GenericSchema> = Frozen<v.InferInput<Schema>>;

type Frozen<Value> = unknown extends Value
  ? Value
  : { readonly [Key in keyof Value]: Frozen<Value[Key]> };

/**
 * The users, organizations and API keys of the emulator, in JSON. Default ids are the same at every start.
 *
 * @example
 * ```ts
 * const seed: Seed = {
 *   roles: ['Admin', 'Member'],
 *   orgs: [{ name: 'Acme Inc' }],
 *   users: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Admin' }] }],
 *   apiKeys: [{ key: 'alices-key', user: 'alice' }],
 * };
 * ```
 *
 * @publicApi
 */
export interface Seed extends Input<typeof seed> {}

/**
 * A role of a {@link Seed}, with its permissions.
 *
 * @publicApi
 */
export interface SeedRole extends Input<typeof role> {}

/**
 * A role mapping of a {@link Seed}: the permissions of roles in the organizations that are subscribed to it.
 *
 * @publicApi
 */
export interface SeedRoleMapping extends Input<typeof roleMapping> {}

/**
 * An organization of a {@link Seed}.
 *
 * @publicApi
 */
export interface SeedOrg extends Input<typeof org> {}

/**
 * A user of a {@link Seed}.
 *
 * @publicApi
 */
export interface SeedUser extends Input<typeof user> {}

/**
 * A user's membership in an organization of a {@link Seed}.
 *
 * @publicApi
 */
export interface SeedMembership extends Input<typeof membership> {}

/**
 * An end-user API key of a {@link Seed}.
 *
 * @publicApi
 */
export interface SeedApiKey extends Input<typeof apiKey> {}

/**
 * A pending invitation of a {@link Seed}.
 *
 * @publicApi
 */
export interface SeedInvite extends Input<typeof invite> {}
