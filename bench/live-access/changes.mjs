import { now } from './time.mjs';

/**
 * The changes of access: how often each happens, to whom it can happen, and what it does. `make` changes the project and returns the event
 * without its type.
 */
const KINDS = [
  {
    type: 'user.disabled',
    weight: 3,
    canHappenTo: ({ isEnabled }) => isEnabled,
    make: (project, userId) => {
      project.update(userId, { isEnabled: false });
      return { user_id: userId };
    },
  },
  {
    type: 'user.enabled',
    weight: 3,
    canHappenTo: ({ exists, isEnabled }) => exists && !isEnabled,
    make: (project, userId) => {
      project.update(userId, { isEnabled: true });
      return { user_id: userId };
    },
  },
  {
    type: 'user.deleted',
    weight: 1,
    canHappenTo: ({ isEnabled }) => isEnabled,
    make: (project, userId) => {
      project.delete(userId);
      return { user_id: userId };
    },
  },
  {
    type: 'user.removed_from_org',
    weight: 3,
    canHappenTo: (state) => orgsOf(state).length > 0,
    make: (project, userId, random) => {
      const orgId = random.pick(orgsOf(project.stateAt(userId, now())));
      project.removeFromOrg(userId, orgId);
      return { removed_user_id: userId, org_id: orgId };
    },
  },
  roleChange('user.role_changed_within_org', 'Admin', 'Member', 4),
  roleChange('user.role_changed_within_org', 'Member', 'Admin', 2),
  roleChange('user.removed_from_scim_group', 'Admin', 'Member', 2),
  roleChange('user.added_to_scim_group', 'Member', 'Admin', 1),
];
const WEIGHTED_KINDS = KINDS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
/** An organization is deleted so rarely that organizations are left. */
const SHARE_OF_DELETED_ORGS = 0.03;

function roleChange(type, from, to, weight) {
  return {
    type,
    weight,
    canHappenTo: (state) => state.isEnabled && orgsOf(state, from).length > 0,
    make: (project, userId, random) => {
      const orgId = random.pick(orgsOf(project.stateAt(userId, now()), from));
      project.setRole(userId, orgId, to);
      return { user_id: userId, org_id: orgId };
    },
  };
}

function orgsOf({ roles }, role) {
  return Object.keys(roles).filter((orgId) => role === undefined || roles[orgId] === role);
}

/**
 * Makes a random change.
 *
 * @returns whose access has changed, when, the event that tells of it, and its deliveries, of which there are none yet
 */
export function makeChange(project, random) {
  const { userIds, event } = random.chance(SHARE_OF_DELETED_ORGS)
    ? deleteOrg(project, random)
    : changeUser(project, random);
  return { userIds, event, changedAt: now(), deliveries: [] };
}

function changeUser(project, random) {
  const { type, canHappenTo, make } = random.pick(WEIGHTED_KINDS);
  const candidates = project.userIds.filter((userId) =>
    canHappenTo(project.stateAt(userId, now())),
  );
  if (candidates.length === 0) return changeUser(project, random);
  const userId = random.pick(candidates);
  return {
    userIds: [userId],
    event: { event_type: type, ...make(project, userId, random) },
  };
}

function deleteOrg(project, random) {
  const orgId = random.pick(project.orgIds.filter((id) => project.membersOf(id).length > 0));
  const userIds = project.membersOf(orgId);
  for (const userId of userIds) project.removeFromOrg(userId, orgId);
  return { userIds, event: { event_type: 'org.deleted', org_id: orgId } };
}
