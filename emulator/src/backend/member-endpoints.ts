import { invalidFields, NOT_FOUND, ok, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoints } from './endpoint.js';
import type { Project } from '../project/project.js';
import { FieldChecks, idOf, isEmail, textsOf } from './field-checks.js';
import { pageInQuery, pageOf } from './page.js';
import type { MembershipRecord, OrgRecord } from '../project/records.js';
import { userView } from './views.js';

const INVITE_LIFETIME_SECONDS = 14 * 24 * 60 * 60;

/** Members and invitations of organizations. */
export function addMemberEndpoints(api: Endpoints, project: Project): void {
  api.get('/user/org/:orgId', 'fetchUsersInOrg', findMembers);
  api.post('/org/add_user', 'addUserToOrg', addMember);
  api.post('/org/change_role', 'changeUserRoleInOrg', changeRole);
  api.post('/org/remove_user', 'removeUserFromOrg', ({ body }) =>
    project.removeMembership(idOf(body['org_id']), idOf(body['user_id'])) ? ok() : NOT_FOUND,
  );
  api.post('/invite_user', 'inviteUserToOrg', ({ body }) => invite(body, body['email']));
  api.post('/invite_user_by_id', 'inviteUserToOrgByUserId', ({ body }) => {
    const user = project.users.get(idOf(body['user_id']));
    return user === undefined ? NOT_FOUND : invite(body, user.email);
  });
  api.get('/pending_org_invites', 'fetchPendingInvites', findInvites);
  api.delete('/pending_org_invites', 'revokePendingOrgInvite', ({ body }) =>
    project.revokeInvite(body['invitee_email'], body['org_id']) ? ok() : NOT_FOUND,
  );

  function findMembers({ query }: BackendRequest, orgId = ''): BackendResponse {
    const role = query.get('role');
    const includeOrgs = query.get('include_orgs') === 'true';
    const members = project
      .membersOf(orgId)
      .filter(({ membership }) => role === null || rolesOf(membership).includes(role))
      .map(({ user, membership }) => ({
        ...userView(project, user, includeOrgs),
        role_in_org: membership.role,
        additional_roles_in_org: membership.additionalRoles ?? [],
      }));
    return pageOf('users', members, pageInQuery(query));
  }

  function addMember({ body }: BackendRequest): BackendResponse {
    const { userId, orgId, ...roles } = readMembership(body);
    if (!project.users.has(userId) || !project.orgs.has(orgId)) return NOT_FOUND;
    const checks = checkRoles(roles);
    const isNew = project.findMembership(orgId, userId) === undefined;
    checks.require(isNew, 'user_id', 'Is already in the organization');
    if (checks.haveFailed) return invalidFields(checks.errors);
    project.setRoles(orgId, userId, roles);
    return ok();
  }

  function changeRole({ body }: BackendRequest): BackendResponse {
    const { userId, orgId, ...roles } = readMembership(body);
    if (project.findMembership(orgId, userId) === undefined) return NOT_FOUND;
    const checks = checkRoles(roles);
    if (checks.haveFailed) return invalidFields(checks.errors);
    project.setRoles(orgId, userId, roles);
    return ok();
  }

  function invite(body: BackendRequest['body'], email: unknown): BackendResponse {
    const org = project.orgs.get(idOf(body['org_id']));
    if (org === undefined) return NOT_FOUND;
    const { role, additionalRoles } = readMembership(body);
    const checks = checkRoles({ role, additionalRoles });
    checks.require(isEmail(email), 'email', 'Must be an email address');
    checks.require(!isMember(org, email), 'email', 'Is already in the organization');
    if (checks.haveFailed) return invalidFields(checks.errors);
    project.invite({
      invitee_email: email as string,
      org_id: org.org_id,
      org_name: org.name,
      role_in_org: role,
      additional_roles_in_org: additionalRoles,
      created_at: project.now(),
      expires_at: project.now() + INVITE_LIFETIME_SECONDS,
    });
    return ok();
  }

  function isMember(org: OrgRecord, email: unknown): boolean {
    const user = project.findUserByEmail(email);
    return user !== undefined && project.findMembership(org.org_id, user.user_id) !== undefined;
  }

  function findInvites({ query }: BackendRequest): BackendResponse {
    const orgId = query.get('org_id');
    const invites = [...project.invites.values()].filter(
      (pending) =>
        pending.expires_at > project.now() && (orgId ?? pending.org_id) === pending.org_id,
    );
    return pageOf('invites', invites, pageInQuery(query));
  }

  function checkRoles(membership: MembershipRecord): FieldChecks {
    const checks = new FieldChecks();
    const { roles } = project.issuer;
    checks.require(roles.has(membership.role), 'role', 'Is not a role of the project');
    const areKnown = (membership.additionalRoles ?? []).every((role) => roles.has(role));
    checks.require(areKnown, 'additional_roles', 'Are not all roles of the project');
    return checks;
  }
}

function readMembership(body: BackendRequest['body']) {
  return {
    userId: idOf(body['user_id']),
    orgId: idOf(body['org_id']),
    role: idOf(body['role']),
    additionalRoles: textsOf(body['additional_roles']),
  };
}

function rolesOf({ role, additionalRoles = [] }: MembershipRecord): string[] {
  return [role, ...additionalRoles];
}
