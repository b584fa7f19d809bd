import * as v from 'valibot';
import { NOT_FOUND, ok, okIf, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoints } from './endpoint.js';
import { INVITE_LIFETIME_SECONDS, type Project } from '../project/project.js';
import { assertField, EMAIL, fieldsOf, idOf, STRING, STRINGS } from './fields.js';
import { pageOf } from './page.js';
import type { MembershipRecord } from '../project/records.js';
import { userView } from './views.js';

const ROLES = { role: STRING, additional_roles: v.optional(STRINGS, []) };

/** Members and invitations of organizations. */
export function addMemberEndpoints(api: Endpoints, project: Project): void {
  api.GET('/user/org/:orgId', 'fetchUsersInOrg', findMembers);
  api.POST('/org/add_user', 'addUserToOrg', addMember);
  api.POST('/org/change_role', 'changeUserRoleInOrg', changeRole);
  api.POST('/org/remove_user', 'removeUserFromOrg', ({ body }) =>
    okIf(project.removeMembership(idOf(body['org_id']), idOf(body['user_id']))),
  );
  api.POST('/invite_user', 'inviteUserToOrg', ({ body }) => invite(body, body['email']));
  api.POST('/invite_user_by_id', 'inviteUserToOrgByUserId', ({ body }) => {
    const user = project.users.get(idOf(body['user_id']));
    return user === undefined ? NOT_FOUND : invite(body, user.email);
  });
  api.GET('/pending_org_invites', 'fetchPendingInvites', findInvites);
  api.DELETE('/pending_org_invites', 'revokePendingOrgInvite', ({ body }) =>
    okIf(project.revokeInvite(body['invitee_email'], body['org_id'])),
  );

  function findMembers({ query }: BackendRequest, orgId = ''): BackendResponse {
    const { role, include_orgs: includeOrgs } = query;
    const members = project
      .membersOf(orgId)
      .filter(({ membership }) => role === undefined || rolesOf(membership).includes(role));
    return pageOf('users', members, query, ({ user, membership }) => ({
      ...userView(project, user, includeOrgs === 'true'),
      role_in_org: membership.role,
      additional_roles_in_org: membership.additionalRoles ?? [],
    }));
  }

  function addMember({ body }: BackendRequest): BackendResponse {
    const [userId, orgId] = [idOf(body['user_id']), idOf(body['org_id'])];
    if (!project.users.has(userId) || !project.orgs.has(orgId)) return NOT_FOUND;
    const roles = rolesIn(body);
    assertNoMember(userId, orgId, 'user_id');
    project.setRoles(orgId, userId, roles);
    return ok();
  }

  function changeRole({ body }: BackendRequest): BackendResponse {
    const [userId, orgId] = [idOf(body['user_id']), idOf(body['org_id'])];
    if (!project.isIn(orgId, userId)) return NOT_FOUND;
    project.setRoles(orgId, userId, rolesIn(body));
    return ok();
  }

  function invite(body: BackendRequest['body'], email: unknown): BackendResponse {
    const org = project.orgs.get(idOf(body['org_id']));
    if (org === undefined) return NOT_FOUND;
    const { role, additionalRoles } = rolesIn(body);
    const invitee = fieldsOf({ email }, { email: EMAIL });
    assertNoMember(project.findUserByEmail(email)?.user_id ?? '', org.org_id, 'email');
    project.invite({
      invitee_email: invitee.email,
      org_id: org.org_id,
      org_name: org.name,
      role_in_org: role,
      additional_roles_in_org: additionalRoles,
      created_at: project.now(),
      expires_at: project.now() + INVITE_LIFETIME_SECONDS,
    });
    return ok();
  }

  function findInvites({ query }: BackendRequest): BackendResponse {
    const { org_id: orgId } = query;
    const invites = [...project.invites.values()].filter(
      (pending) =>
        pending.expires_at > project.now() && (orgId ?? pending.org_id) === pending.org_id,
    );
    return pageOf('invites', invites, query);
  }

  function assertNoMember(userId: string, orgId: string, field: string): void {
    assertField(!project.isIn(orgId, userId), field, 'Is already in the organization');
  }

  /** @throws {InvalidFields} for a role that the project does not have */
  function rolesIn(body: BackendRequest['body']) {
    const { role, additional_roles: additionalRoles } = fieldsOf(body, ROLES);
    const { roles } = project.issuer;
    assertField(roles.has(role), 'role', 'Is not a role of the project');
    const areKnown = additionalRoles.every((each) => roles.has(each));
    assertField(areKnown, 'additional_roles', 'Are not all roles of the project');
    return { role, additionalRoles };
  }
}

function rolesOf({ role, additionalRoles = [] }: MembershipRecord): string[] {
  return [role, ...additionalRoles];
}
