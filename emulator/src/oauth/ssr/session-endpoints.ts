import { invalidFields, ok, type BackendResponse } from '../../backend/backend-response.js';
import type { BackendRequest, Endpoints } from '../../backend/endpoint.js';
import { idOf } from '../../backend/field-checks.js';
import type { Core } from '../../core.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../../issuer/token-issuer.js';
import { accessTokenOf } from '../access-token-of.js';
import { OAuthError } from '../oauth-error.js';

/** What the server of a front end does with its refresh tokens. */
export function addSessionEndpoints(
  api: Endpoints,
  { oauth: { servers, signOuts }, project }: Pick<Core, 'oauth' | 'project'>,
): void {
  api.post('/refresh_token', 'refreshToken', refreshToken);
  api.post('/logout', 'logout', logout);

  async function refreshToken({ body, query }: BackendRequest): Promise<BackendResponse> {
    const token = idOf(body['refresh_token']);
    try {
      const grant = servers.findByRefreshToken(token, '');
      const activeOrgId = query.get('active_org_id') ?? undefined;
      if (activeOrgId !== undefined && !project.findMembership(activeOrgId, grant.userId)) {
        return invalidFields({ active_org_id: ['Is not an organization of the user'] });
      }
      const accessToken = await accessTokenOf(project, servers.userOf(grant), activeOrgId);
      const expiresAt = project.now() + ACCESS_TOKEN_LIFETIME_SECONDS;
      return ok({
        refresh_token: servers.rotate(token, grant),
        access_token: { access_token: accessToken, expires_at_seconds: expiresAt },
      });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return invalidFields({ refresh_token: [error.message] });
    }
  }

  /** Also ends it for the next sign-in: the session of the browser no longer counts. */
  function logout({ body }: BackendRequest): BackendResponse {
    const grant = servers.endByRefreshToken(idOf(body['refresh_token']));
    if (grant !== undefined) signOuts.set(grant.userId, Date.now());
    return ok();
  }
}
