import { now } from './time.mjs';

/** A user who was deleted. */
const NOBODY = { exists: false, isEnabled: false, roles: {} };

/**
 * The users and organizations of PropelAuth, and how each user was at any time. The state of a user is
 * `{ exists, isEnabled, roles }`, with the role (`Admin` or `Member`) in each organization, by its id.
 */
export class Project {
  /** By the id of the user: the states, each with the time since when it holds. */
  #histories = new Map();

  constructor(random, { users, orgs }) {
    this.orgIds = Array.from({ length: orgs }, (_, number) => uuid(2, number));
    this.userIds = Array.from({ length: users }, (_, number) => uuid(1, number));
    for (const userId of this.userIds) {
      const roles = {};
      while (Object.keys(roles).length < 3) {
        roles[random.pick(this.orgIds)] = random.pick(['Admin', 'Admin', 'Member']);
      }
      const state = { exists: true, isEnabled: true, roles };
      this.#histories.set(userId, [{ since: -Infinity, state }]);
    }
  }

  stateAt(userId, time) {
    return this.#histories.get(userId).findLast(({ since }) => since <= time).state;
  }

  /** The states that a user was in at some time between two. */
  statesBetween(userId, start, end) {
    const later = this.#histories.get(userId).filter(({ since }) => since > start && since <= end);
    return [this.stateAt(userId, start), ...later.map(({ state }) => state)];
  }

  membersOf(orgId) {
    return this.userIds.filter((userId) => this.stateAt(userId, now()).roles[orgId] !== undefined);
  }

  update(userId, changes) {
    this.#set(userId, { ...this.stateAt(userId, now()), ...changes });
  }

  setRole(userId, orgId, role) {
    this.update(userId, { roles: { ...this.stateAt(userId, now()).roles, [orgId]: role } });
  }

  removeFromOrg(userId, orgId) {
    const { [orgId]: _role, ...roles } = this.stateAt(userId, now()).roles;
    this.update(userId, { roles });
  }

  delete(userId) {
    this.#set(userId, NOBODY);
  }

  #set(userId, state) {
    this.#histories.get(userId).push({ since: now(), state });
  }
}

/** What PropelAuth says about memberships, in access tokens and in its answers. */
export function membershipsOf({ roles }) {
  return Object.fromEntries(
    Object.entries(roles).map(([orgId, role]) => [
      orgId,
      {
        org_id: orgId,
        org_name: orgId,
        url_safe_org_name: orgId,
        org_metadata: {},
        org_role_structure: 'single_role_in_hierarchy',
        user_role: role,
        inherited_user_roles_plus_current_role: role === 'Admin' ? ['Admin', 'Member'] : ['Member'],
        additional_roles: [],
        user_permissions: role === 'Admin' ? ['can_pay'] : [],
      },
    ]),
  );
}

/** A UUID of a kind and a number. */
function uuid(kind, number) {
  return `${kind}0000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}
