import { OrgMemberInfo, type ApiKeyValidation } from '@propelauth/node-apis';
import type { ApiKey } from '../../types/api-key.js';
import type { Memberships } from '../../rules/rule-call.js';

/** A script, identified by its API key. */
export class ApiKeyCaller {
  /** The membership of the caller in the organization of the key. A personal key has none. */
  readonly memberships: Memberships;

  /** @param key tells the caller apart from others, if no user and no organization owns the API key */
  constructor(
    readonly apiKey: ApiKey,
    readonly key?: string,
  ) {
    const membership = membershipOf(apiKey);
    this.memberships = membership === undefined ? {} : { [membership.orgId]: membership };
  }

  /** Whether the key is of an organization that its creator has left. A creator that is not known has not left. */
  get isOfFormerMember(): boolean {
    const { org, user } = this.apiKey;
    return org !== undefined && user !== undefined && !Object.hasOwn(this.memberships, org.orgId);
  }
}

/**
 * A member's key has the member's role and permissions. An organization's own key counts as a member without either. The key of a former
 * member has no membership.
 */
function membershipOf({ org, user, userInOrg }: ApiKeyValidation): OrgMemberInfo | undefined {
  if (org === undefined) return undefined;
  if (userInOrg !== undefined) return userInOrg.orgId === org.orgId ? userInOrg : undefined;
  return user === undefined ? membershipWithoutRole(org) : undefined;
}

/** The organization of a key. PropelAuth's clients differ in what they call its name. */
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
      // Without a URL-safe name, the organization is not found by that name.
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
