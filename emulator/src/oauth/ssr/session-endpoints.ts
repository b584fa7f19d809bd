import { ok, type BackendResponse } from '../../backend/backend-response.js';
import type { BackendRequest, Endpoints } from '../../backend/endpoint.js';
import { assertField, idOf, InvalidFields } from '../../backend/fields.js';
import type { Core } from '../../core.js';
import { accessTokenOf } from '../../project/described-users.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../../issuer/token-issuer.js';
import { OAuthError } from '../oauth-error.js';

/** What the server of a front end does with its refresh tokens. */
export function addSessionEndpoints(
  api: Endpoints,
  { oauth: { servers, signOuts }, project }: Pick<Core, 'oauth' | 'project'>,
): void {
  api.POST('/refresh_token', 'refreshToken', refreshToken);
  api.POST('/logout', 'logout', logout);

  async function refreshToken({ body, query }: BackendRequest): Promise<BackendResponse> {
    const token = idOf(body['refresh_token']);
    try {
      const grant = servers.findByRefreshToken(token, '');
      const { active_org_id: activeOrgId } = query;
      const isMember = project.isIn(activeOrgId, grant.userId);
      assertField(isMember, 'active_org_id', 'Is not an organization of the user');
      const accessToken = await accessTokenOf(project, servers.userOf(grant), activeOrgId);
      const expiresAt = project.now() + ACCESS_TOKEN_LIFETIME_SECONDS;
      return ok({
        refresh_token: servers.rotate(token, grant),
        access_token: { access_token: accessToken, expires_at_seconds: expiresAt },
      });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      throw new InvalidFields({ refresh_token: [error.message] });
    }
  }

  /** Also ends it for the next sign-in: the session of the browser no longer counts. */
  function logout({ body }: BackendRequest): BackendResponse {
    const grant = servers.endByRefreshToken(idOf(body['refresh_token']));
    if (grant !== undefined) signOuts.set(grant.userId, Date.now());
    return ok();
  }
}
