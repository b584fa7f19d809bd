import type { OrgMemberInfo } from '@propelauth/node-apis';
import { unavailable } from '../../rejections/rejection.js';
import { MalformedFieldError, readProperties, readString } from '../../values/json-fields.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';
import { OversizedAnswer, type BackendAnswer } from './backend-request.js';
import { readMembership } from './org-claims.js';

/** The current state of a user, as PropelAuth's backend reports it. */
export interface UserState {
  /** Whether the user may sign in. */
  readonly isEnabled: boolean;
  /** The memberships of the user, by the id of the organization, deeply frozen. */
  readonly orgs: ReadonlyMap<string, OrgMemberInfo>;
  /** No access decision depends on it. */
  readonly profile?: Partial<ReturnType<typeof readProfile>>;
}

/**
 * Reads PropelAuth's response about several users.
 *
 * @returns the users by id. Users whose data is missing or malformed are left out; if the response is too long, all are
 * @throws {Rejection} when the response is not usable
 */
export async function readAnswerAboutUsers(
  answer: BackendAnswer,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, UserState>> {
  const users = await readUsers(answer);
  if (!Array.isArray(users)) {
    throw unavailable('PropelAuth returned an invalid response about users');
  }
  const states = new Map<string, UserState>();
  for (const userId of userIds) {
    const entries = users.filter((entry) => isJsonObject(entry) && entry['user_id'] === userId);
    // Two entries about one user may contradict each other, so neither counts.
    const state = entries.length === 1 ? readUserState(entries[0], userId) : undefined;
    if (state !== undefined) states.set(userId, state);
  }
  return states;
}

/**
 * Reads PropelAuth's response about one user.
 *
 * @returns `null` if the user does not exist, `undefined` if the response is malformed or too long
 * @throws {Rejection} when the response is not usable
 */
export async function readAnswerAboutUser(
  answer: BackendAnswer,
  userId: string,
): Promise<UserState | null | undefined> {
  if (answer.status !== 404) return readUserState(await readUsers(answer), userId);
  const body = await answer.readJson().catch(() => undefined);
  return isEmptyObject(body) ? null : undefined;
}

/** The JSON of a response. One that is too long counts as empty: the response about fewer users may be shorter. */
async function readUsers(answer: BackendAnswer): Promise<unknown> {
  if (answer.status !== 200) throw await answer.toUnavailable();
  try {
    return await answer.readJson();
  } catch (error) {
    if (error instanceof OversizedAnswer) return [];
    throw error;
  }
}

/** PropelAuth's 404 for an unknown user is an empty object. A 404 of a proxy or another server is not. */
function isEmptyObject(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/**
 * Reads a user from PropelAuth's response. Access depends on the result, so a user that is not as documented is unusable. A missing list of
 * roles or permissions is empty.
 */
function readUserState(value: unknown, userId: string): UserState | undefined {
  if (!isJsonObject(value) || value['user_id'] !== userId) return undefined;
  const { enabled: isEnabled, org_id_to_org_info: memberships } = value;
  if (typeof isEnabled !== 'boolean' || !isJsonObject(memberships)) return undefined;
  try {
    return { isEnabled, orgs: readOrgs(memberships), profile: readProfile(value) };
  } catch (error) {
    if (error instanceof MalformedFieldError) return undefined;
    throw error;
  }
}

function readOrgs(memberships: JsonObject): Map<string, OrgMemberInfo> {
  const orgs = new Map<string, OrgMemberInfo>();
  for (const [orgId, entry] of Object.entries(memberships)) {
    if (!isJsonObject(entry) || entry['org_id'] !== orgId) throw new MalformedFieldError();
    const membership = readMembership(entry);
    if (membership !== undefined) orgs.set(orgId, membership);
  }
  return orgs;
}

/** The profile of a user, with the names of PropelAuth's client. */
function readProfile(user: JsonObject) {
  return {
    email: readString(user, 'email'),
    firstName: readString(user, 'first_name'),
    lastName: readString(user, 'last_name'),
    username: readString(user, 'username'),
    legacyUserId: readString(user, 'legacy_user_id'),
    properties: readProperties(user, 'properties'),
  };
}
