import { decodeJwt } from 'jose/jwt/decode';
import type { UserRecord } from '../fake-api/records.js';
import type { LocalProject, ProjectUser } from '../local-project.js';

/** What PropelAuth's libraries for the browser read from the answer of `/api/v1/refresh_token`. */
export interface AuthenticationInfo {
  readonly access_token: string;
  /** In seconds since 1970. */
  readonly expires_at_seconds: number | undefined;
  /** All organizations of the user, even if the token is scoped to one of them. */
  readonly org_id_to_org_member_info: unknown;
  readonly user: Omit<UserRecord, 'metadata'>;
}

/**
 * Creates an access token of a user, with what front ends show of them.
 *
 * @param activeOrgId scopes the token to this organization; the user has to be a member
 */
export async function authenticationInfoOf(
  user: ProjectUser,
  project: LocalProject,
  activeOrgId: string | undefined,
): Promise<AuthenticationInfo> {
  const accessToken = await project.accessTokenOf(user, activeOrgId);
  // Only back ends see the metadata of a user.
  const { metadata: _metadata, ...record } = project.recordOf(user);
  return {
    access_token: accessToken,
    expires_at_seconds: decodeJwt(accessToken).exp,
    org_id_to_org_member_info: project.claimsOf(user)['org_id_to_org_member_info'],
    user: record,
  };
}
