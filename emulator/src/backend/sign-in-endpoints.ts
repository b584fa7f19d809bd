import { randomBytes } from 'node:crypto';
import { invalidFields, ok, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoints } from './endpoint.js';
import type { Project } from '../project/project.js';
import { FieldChecks, idOf, isEmail, isPositiveInteger, textOf } from './field-checks.js';
import { descriptionOf } from '../project/described-users.js';

/** Magic links and access tokens. */
export function addSignInEndpoints(api: Endpoints, project: Project): void {
  api.post('/magic_link', 'createMagicLink', createMagicLink);
  api.post('/access_token', 'createAccessToken', createAccessToken);

  function createMagicLink({ body }: BackendRequest): BackendResponse {
    const { email, expires_in_hours: hours } = body;
    const checks = new FieldChecks();
    checks.require(isEmail(email), 'email', 'Must be an email address');
    const isDuration = hours === undefined || isPositiveInteger(hours);
    checks.require(isDuration, 'expires_in_hours', 'Must be 1 or more');
    const isKnown = project.findUserByEmail(email) !== undefined;
    const createsUser = body['create_new_user_if_one_doesnt_exist'] === true;
    checks.require(isKnown || createsUser, 'email', 'There is no such user');
    if (checks.haveFailed) return invalidFields(checks.errors);
    if (!isKnown) project.addUser({ email: email as string });
    const url = new URL('/propelauth/magic_link', project.issuer.authUrl);
    url.searchParams.set('token', randomBytes(32).toString('hex'));
    return ok({ url: url.href });
  }

  async function createAccessToken({ body }: BackendRequest): Promise<BackendResponse> {
    const user = project.users.get(idOf(body['user_id']));
    if (user === undefined) return { status: 403, body: {} };
    const { duration_in_minutes: minutes } = body;
    const activeOrgId = textOf(body['active_org_id']);
    const checks = new FieldChecks();
    checks.require(user.enabled, 'user_id', 'Is disabled');
    checks.require(isPositiveInteger(minutes), 'duration_in_minutes', 'Must be 1 or more');
    const isMember =
      activeOrgId === undefined || project.findMembership(activeOrgId, user.user_id) !== undefined;
    checks.require(isMember, 'active_org_id', 'Is not an organization of the user');
    if (checks.haveFailed) return invalidFields(checks.errors);
    const loginMethod = { loginMethod: 'generated_from_backend_api' } as const;
    const accessToken = await project.issuer.sign(
      { ...descriptionOf(project, user), activeOrgId, loginMethod },
      { expiresInSeconds: (minutes as number) * 60 },
    );
    return ok({ access_token: accessToken });
  }
}
