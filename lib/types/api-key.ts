import type { ApiKeyValidation, Org, UserMetadata } from '@propelauth/node-apis';

/**
 * The kind of an API key: a user's own (`personal`); one of an organization (`org`), which belongs to a member or to the organization
 * itself; one without an owner (`generic`); or one that was made elsewhere and imported into PropelAuth (`imported`), with any owner or
 * none.
 *
 * @publicApi
 */
export type ApiKeyKind = 'personal' | 'org' | 'generic' | 'imported';

/**
 * PropelAuth's validation of an API key, deeply frozen, with the kind of the key. It never contains the key itself.
 *
 * @example
 * ```ts
 * function ownerOf(apiKey: ApiKey) {
 *   return apiKey.kind === 'org' ? apiKey.org.orgId : apiKey.user?.userId;
 * }
 * ```
 *
 * @publicApi
 */
export type ApiKey = ApiKeyValidation &
  (
    | { readonly kind: 'personal'; readonly user: UserMetadata }
    | { readonly kind: 'org'; readonly org: Org }
    | { readonly kind: 'generic' | 'imported' }
  );

/** What an application stores with an API key. */
export type ApiKeyMetadata = NonNullable<ApiKeyValidation['metadata']>;
