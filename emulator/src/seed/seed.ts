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
export interface Seed {
  /** Where editors find the schema, for example `./node_modules/propelauth-emulator/seed.schema.json`. */
  readonly $schema?: string;
  /** All roles, highest first, as names or with their permissions. Default: `Owner`, `Admin`, `Member`. */
  readonly roles?: readonly (string | SeedRole)[];
  /** PropelAuth's role mappings: what the roles may do in some organizations, such as those of a plan. Default: none. */
  readonly roleMappings?: readonly SeedRoleMapping[];
  /** Default: none. */
  readonly orgs?: readonly SeedOrg[];
  /** Default: none. */
  readonly users?: readonly SeedUser[];
  /** End-user API keys. Default: none. */
  readonly apiKeys?: readonly SeedApiKey[];
}

/**
 * A role of a {@link Seed}, with its permissions.
 *
 * @publicApi
 */
export interface SeedRole {
  /** The name that memberships refer to. */
  readonly name: string;
  /** Default: none. */
  readonly permissions?: readonly string[];
}

/**
 * A role mapping of a {@link Seed}: the permissions of roles in the organizations that are subscribed to it.
 *
 * @publicApi
 */
export interface SeedRoleMapping {
  /** The name that organizations refer to, such as `Paid`. */
  readonly name: string;
  /** Some of the `roles`, with their permissions in this mapping. The others have those of `roles`. Default: none. */
  readonly roles?: readonly SeedRole[];
}

/**
 * An organization of a {@link Seed}.
 *
 * @publicApi
 */
export interface SeedOrg {
  /** The name that memberships and API keys refer to. */
  readonly name: string;
  /** Default: derived from the name. */
  readonly orgId?: string;
  /** Custom properties. Default: none. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The name of one of the `roleMappings`. Default: the permissions of `roles`. */
  readonly roleMapping?: string;
}

/**
 * A user of a {@link Seed}.
 *
 * @publicApi
 */
export interface SeedUser {
  /** The name that you sign in with, and the `username` in access tokens. */
  readonly name: string;
  /** Default: derived from the email address. */
  readonly userId?: string;
  /** Default: `<name>@example.com`. */
  readonly email?: string;
  /** Default: none. */
  readonly firstName?: string;
  /** Default: none. */
  readonly lastName?: string;
  /** Custom user properties. Default: none. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Whether the user has set up MFA. Default: `false`. */
  readonly mfaEnabled?: boolean;
  /** Default: none. */
  readonly orgs?: readonly SeedMembership[];
}

/**
 * A user's membership in an organization of a {@link Seed}.
 *
 * @publicApi
 */
export interface SeedMembership {
  /** The name of one of the `orgs`. */
  readonly org: string;
  /** One of the `roles`. */
  readonly role: string;
  /** Additional roles, for projects in which users can have several. */
  readonly additionalRoles?: readonly string[];
  /** Default: the permissions of the roles. */
  readonly permissions?: readonly string[];
}

/**
 * An end-user API key of a {@link Seed}.
 *
 * @publicApi
 */
export interface SeedApiKey {
  /** The key that the client sends. It is not a secret: it works with the emulator only. */
  readonly key: string;
  /** The user it belongs to: the name of one of the `users`. */
  readonly user?: string;
  /** The organization it belongs to: the name of one of the `orgs`. A key without a user and an organization is generic. */
  readonly org?: string;
  /** Whether the key was made elsewhere, and imported. Default: `false`. */
  readonly imported?: boolean;
  /** The name that the user gave it. Default: none. */
  readonly displayName?: string;
  /** Default: none. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}
