/**
 * Who and what there is in a local PropelAuth, as a JSON file says it. Ids that are left out are the same at every start.
 *
 * @example
 * ```ts
 * const seed: LocalSeed = {
 *   roles: ['Admin', 'Member'],
 *   orgs: [{ name: 'Acme Inc' }],
 *   people: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Admin' }] }],
 *   apiKeys: [{ key: 'alices-local-key', person: 'alice' }],
 * };
 * ```
 *
 * @publicApi
 */
export interface LocalSeed {
  /** All roles, highest first, by name or with the permissions that they give. Default: `Owner`, `Admin`, `Member`. */
  readonly roles?: readonly (string | LocalRole)[];
  /** Default: none. */
  readonly orgs?: readonly LocalOrg[];
  /** At least one. */
  readonly people: readonly LocalPerson[];
  /** End-user API keys. Default: none. */
  readonly apiKeys?: readonly LocalApiKey[];
}

/**
 * A role of a {@link LocalSeed}, with the permissions that it gives.
 *
 * @publicApi
 */
export interface LocalRole {
  /** As memberships name it. */
  readonly name: string;
  /** Default: none. */
  readonly permissions?: readonly string[];
}

/**
 * An organization of a {@link LocalSeed}.
 *
 * @publicApi
 */
export interface LocalOrg {
  /** As memberships and keys name it. */
  readonly name: string;
  /** Default: made from the name. */
  readonly orgId?: string;
  /** Custom properties. Default: none. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/**
 * A person of a {@link LocalSeed}.
 *
 * @publicApi
 */
export interface LocalPerson {
  /** By which one signs in, and the `username` in access tokens. */
  readonly name: string;
  /** Default: made from the address. */
  readonly userId?: string;
  /** Default: `<name>@example.com`. */
  readonly email?: string;
  /** Default: none. */
  readonly firstName?: string;
  /** Default: none. */
  readonly lastName?: string;
  /** Custom user properties. Default: none. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Whether the person has set up MFA. Default: `false`. */
  readonly mfaEnabled?: boolean;
  /** Default: none. */
  readonly orgs?: readonly LocalMembership[];
}

/**
 * Someone's membership in an organization of a {@link LocalSeed}.
 *
 * @publicApi
 */
export interface LocalMembership {
  /** The name of one of the `orgs`. */
  readonly org: string;
  /** One of the `roles`. */
  readonly role: string;
  /** Roles beside it, where users may have several. */
  readonly additionalRoles?: readonly string[];
  /** Default: those that the roles give. */
  readonly permissions?: readonly string[];
}

/**
 * An end-user API key of a {@link LocalSeed}.
 *
 * @publicApi
 */
export interface LocalApiKey {
  /** What the client sends. It is no secret: it opens nothing but the local application. */
  readonly key: string;
  /** Whose it is: the name of one of the `people`. */
  readonly person?: string;
  /** For which organization: the name of one of the `orgs`. */
  readonly org?: string;
  /** What the person calls it. Default: none. */
  readonly displayName?: string;
  /** Default: none. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}
