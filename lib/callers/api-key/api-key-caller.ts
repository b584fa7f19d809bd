import { OrgMemberInfo, type ApiKeyValidation } from '@propelauth/node-apis';
import type { ApiKeyKind } from '../../rules/callers.js';
import type { Memberships } from '../../organizations/org-membership.js';

/** A script, known by its API key, as the caller of a request. */
export class ApiKeyCaller {
  /** The organization of the key, as the caller is in it. A personal key is in none. */
  readonly memberships: Memberships;

  constructor(readonly apiKey: ApiKeyValidation) {
    const membership = membershipOf(apiKey);
    this.memberships = membership === undefined ? {} : { [membership.orgId]: membership };
  }

  /** The kind of its owner; `undefined` for a key without an owner. */
  get kind(): ApiKeyKind | undefined {
    if (this.apiKey.org !== undefined) return 'org';
    return this.apiKey.user === undefined ? undefined : 'personal';
  }
}

/**
 * A member's key has the member's role and permissions in its organization. An organization's own key is in it without either.
 * The key of someone who is no member any more is in none.
 */
function membershipOf({ org, user, userInOrg }: ApiKeyValidation): OrgMemberInfo | undefined {
  if (org === undefined) return undefined;
  if (userInOrg !== undefined) return userInOrg.orgId === org.orgId ? userInOrg : undefined;
  return user === undefined ? membershipWithoutRole(org) : undefined;
}

/** An organization as PropelAuth describes it to a key; its clients differ in what they call the name. */
type OrgOfKey = NonNullable<ApiKeyValidation['org']> & {
  readonly orgName?: unknown;
  readonly urlSafeOrgName?: unknown;
};

function membershipWithoutRole(org: OrgOfKey): OrgMemberInfo {
  const { orgId, name, orgName, metadata, legacyOrgId } = org;
  const noRole = '';
  return Object.freeze(
    new OrgMemberInfo(
      orgId,
      textOf(name ?? orgName),
      metadata,
      // Without one, the organization is not found by it.
      textOf(org.urlSafeOrgName),
      noRole,
      [],
      [],
      undefined,
      [],
      legacyOrgId,
    ),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
