import { decodeJwt } from 'jose/jwt/decode';
import { membershipsView } from '../backend/views.js';
import { accessTokenOf } from '../oauth/access-token-of.js';
import type { Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';

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
  project: Project,
  user: UserRecord,
  activeOrgId: string | undefined,
): Promise<AuthenticationInfo> {
  const accessToken = await accessTokenOf(project, user, activeOrgId);
  // Only back ends see the metadata of a user.
  const { metadata: _metadata, ...record } = user;
  return {
    access_token: accessToken,
    expires_at_seconds: decodeJwt(accessToken).exp,
    org_id_to_org_member_info: membershipsView(project, user),
    user: record,
  };
}
