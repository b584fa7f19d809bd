import { omitUndefined, type Claims } from '../issuer/access-token-claims.js';
import type { Project } from '../project/project.js';
import type { ApiKeyRecord, OrgRecord, UserRecord } from '../project/records.js';
import { descriptionOf } from '../project/described-users.js';

/** A user as the backend API returns them. */
export function userView(project: Project, user: UserRecord, includeOrgs: boolean): Claims {
  return { ...user, ...(includeOrgs && { org_id_to_org_info: membershipsView(project, user) }) };
}

/** The organizations of a user by id, as in access tokens. */
export function membershipsView(project: Project, user: UserRecord): Record<string, Claims> {
  const claims = project.issuer.claimsOf(descriptionOf(project, user));
  return claims['org_id_to_org_member_info'] as Record<string, Claims>;
}

/** An organization as the backend API returns a single one. */
export function orgView({ created_at: _createdAt, ...org }: OrgRecord): Claims {
  return org;
}

/** An organization as the backend API returns it in lists and with API keys. */
export function listedOrgView(org: OrgRecord): Claims {
  return omitUndefined({
    org_id: org.org_id,
    name: org.name,
    is_saml_configured: org.is_saml_configured,
    max_users: org.max_users,
    legacy_org_id: org.legacy_org_id,
    metadata: org.metadata,
    custom_role_mapping_name: org.custom_role_mapping_name,
    created_at: org.created_at,
  });
}

/** The data of an API key, without the key itself. */
export function apiKeyView(key: ApiKeyRecord): Claims {
  return omitUndefined({
    api_key_id: key.id,
    created_at: key.createdAt,
    expires_at_seconds: key.expiresAt,
    metadata: key.metadata,
    user_id: key.userId,
    org_id: key.orgId,
    display_name: key.displayName,
  });
}

/** PropelAuth's response for a valid API key. */
export function apiKeyValidationView(project: Project, key: ApiKeyRecord): Claims {
  const user = key.userId === undefined ? undefined : project.users.get(key.userId);
  const org = key.orgId === undefined ? undefined : project.orgs.get(key.orgId);
  return omitUndefined({
    metadata: key.metadata,
    user: user && userView(project, user, true),
    org: org && { ...listedOrgView(org), org_name: org.name },
    user_in_org: user && org && membershipsView(project, user)[org.org_id],
  });
}
