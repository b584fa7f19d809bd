import * as v from 'valibot';
import { ok, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoints } from './endpoint.js';
import { linkTo } from '../project/outbox.js';
import type { Project } from '../project/project.js';
import { assertField, COUNT, EMAIL, fieldsOf, FLAG, idOf, STRING } from './fields.js';
import { encodeAddress } from '../front-end/return-addresses.js';
import { descriptionOf } from '../project/described-users.js';

const MAGIC_LINK = {
  email: EMAIL,
  expires_in_hours: v.optional(COUNT),
  create_new_user_if_one_doesnt_exist: v.optional(FLAG),
  redirect_to_url: v.optional(STRING),
};

const ACCESS_TOKEN = { duration_in_minutes: COUNT, active_org_id: v.optional(STRING) };

/** Magic links and access tokens. */
export function addSignInEndpoints(api: Endpoints, project: Project): void {
  api.POST('/magic_link', 'createMagicLink', createMagicLink);
  api.POST('/access_token', 'createAccessToken', createAccessToken);

  function createMagicLink({ body }: BackendRequest): BackendResponse {
    const { email, ...fields } = fieldsOf(body, MAGIC_LINK);
    const { create_new_user_if_one_doesnt_exist: createsUser = false } = fields;
    const known = project.findUserByEmail(email);
    assertField(known !== undefined || createsUser, 'email', 'There is no such user');
    const user = known ?? project.addUser({ email });
    const rt = fields.redirect_to_url && encodeAddress(fields.redirect_to_url);
    const path = project.outbox.addLink({ ...linkTo(user), rt, hours: fields.expires_in_hours });
    return ok({ url: new URL(path, project.issuer.authUrl).href });
  }

  async function createAccessToken({ body }: BackendRequest): Promise<BackendResponse> {
    const user = project.users.get(idOf(body['user_id']));
    if (user === undefined) return { status: 403, body: {} };
    const { duration_in_minutes: minutes, active_org_id: activeOrgId } = fieldsOf(
      body,
      ACCESS_TOKEN,
    );
    assertField(user.enabled, 'user_id', 'Is disabled');
    const isMember = project.isIn(activeOrgId, user.user_id);
    assertField(isMember, 'active_org_id', 'Is not an organization of the user');
    const loginMethod = { loginMethod: 'generated_from_backend_api' } as const;
    const accessToken = await project.issuer.sign(
      { ...descriptionOf(project, user), activeOrgId, loginMethod },
      { expiresInSeconds: minutes * 60 },
    );
    return ok({ access_token: accessToken });
  }
}
