import { isJsonObject } from '../../values/json-object.js';
import { OversizedAnswer, type BackendAnswer } from './backend-request.js';
import { readUserState, readUserStates, type UserState } from './user-state.js';

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
  if (answer.status !== 200) throw await answer.toUnavailable();
  try {
    return readUserStates(await answer.readJson(), userIds);
  } catch (error) {
    if (error instanceof OversizedAnswer) return new Map();
    throw error;
  }
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
  if (answer.status === 200) return readState(answer, userId);
  if (answer.status !== 404) throw await answer.toUnavailable();
  const body = await answer.readJson().catch(() => undefined);
  return isEmptyObject(body) ? null : undefined;
}

async function readState(answer: BackendAnswer, userId: string): Promise<UserState | undefined> {
  try {
    return readUserState(await answer.readJson(), userId);
  } catch (error) {
    if (error instanceof OversizedAnswer) return undefined;
    throw error;
  }
}

/** PropelAuth's 404 for an unknown user is an empty object. A 404 of a proxy or another server is not. */
function isEmptyObject(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}
