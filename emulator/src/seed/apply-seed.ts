import { addDescribedUser } from '../project/described-users.js';
import type { Project } from '../project/project.js';
import type { CheckedSeed } from './read-seed.js';
import type { SeedUser } from './seed.js';

/** Adds the users, organizations and API keys of a seed. */
export function applySeed(project: Project, seed: CheckedSeed): void {
  for (const { name, roles = [] } of seed.roleMappings) project.addRoleMapping(name, roles);
  const orgIds = new Map(
    seed.orgs.map(({ orgId, roleMapping, ...org }) => [
      org.name,
      project.addOrg({ org_id: orgId, custom_role_mapping_name: roleMapping, ...org }).org_id,
    ]),
  );
  const userIds = new Map(seed.users.map((user) => [user.name, addUser(project, user, orgIds)]));
  for (const { key, user, org, imported, ...rest } of seed.apiKeys) {
    project.addApiKey({
      token: key,
      isImported: imported,
      userId: user === undefined ? undefined : userIds.get(user),
      orgId: org === undefined ? undefined : orgIds.get(org),
      ...rest,
    });
  }
}

function addUser(
  project: Project,
  { name: username, orgs = [], mfaEnabled, ...user }: SeedUser,
  orgIds: ReadonlyMap<string, string>,
): string {
  const record = addDescribedUser(project, { ...user, username }, { mfaEnabled });
  for (const { org, ...membership } of orgs) {
    project.setMembership(orgIds.get(org) as string, record.user_id, membership);
  }
  // The seed has described them, and no test.
  project.describedUsers.delete(record.user_id);
  return record.user_id;
}
