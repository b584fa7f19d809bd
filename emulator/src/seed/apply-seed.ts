import { addDescribedUser } from '../project/described-users.js';
import { INVITE_LIFETIME_SECONDS, type Project } from '../project/project.js';
import type { CheckedSeed } from './read-seed.js';
import type { SeedUser } from './seed.js';

/** Adds what a seed has. */
export function applySeed(project: Project, seed: CheckedSeed): void {
  for (const { name, roles = [] } of seed.roleMappings) project.addRoleMapping(name, roles);
  const orgIds = new Map(
    seed.orgs.map(({ name, metadata, domain, ...org }) => [
      name,
      project.addOrg({
        name,
        metadata,
        domain,
        org_id: org.orgId,
        domain_autojoin: org.domainAutojoin,
        max_users: org.maxUsers,
        legacy_org_id: org.legacyOrgId,
        custom_role_mapping_name: org.roleMapping,
      }).org_id,
    ]),
  );
  const userIds = new Map(seed.users.map((user) => [user.name, addUser(project, user, orgIds)]));
  for (const { key, user, org, imported, expiresInSeconds, ...rest } of seed.apiKeys) {
    project.addApiKey({
      token: key,
      isImported: imported,
      userId: user === undefined ? undefined : userIds.get(user),
      orgId: org === undefined ? undefined : orgIds.get(org),
      expiresAt: expiresInSeconds === undefined ? undefined : project.now() + expiresInSeconds,
      ...rest,
    });
  }
  for (const { email, org, role, additionalRoles = [] } of seed.invites) {
    project.invite({
      invitee_email: email,
      org_id: orgIds.get(org) as string,
      org_name: org,
      role_in_org: role,
      additional_roles_in_org: additionalRoles,
      created_at: project.now(),
      expires_at: project.now() + INVITE_LIFETIME_SECONDS,
    });
  }
}

function addUser(
  project: Project,
  { name: username, orgs = [], ...user }: SeedUser,
  orgIds: ReadonlyMap<string, string>,
): string {
  const { userId, email, firstName, lastName, properties, legacyUserId, ...others } = user;
  const described = { userId, email, firstName, lastName, username, properties, legacyUserId };
  const record = addDescribedUser(project, described, {
    metadata: others.metadata,
    picture_url: others.pictureUrl,
    enabled: others.enabled,
    email_confirmed: others.emailConfirmed ?? true,
    can_create_orgs: others.canCreateOrgs,
    mfa_enabled: others.mfaEnabled,
  });
  for (const { org, ...membership } of orgs) {
    project.setMembership(orgIds.get(org) as string, record.user_id, membership);
  }
  // The seed has described them, and no test.
  project.describedUsers.delete(record.user_id);
  return record.user_id;
}
