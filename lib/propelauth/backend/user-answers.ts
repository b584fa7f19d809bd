import { isJsonObject } from '../../values/json-object.js';
import { toUnavailableWithPause } from './brief-pause.js';
import { OversizedAnswer, type BackendAnswer } from './backend-request.js';
import { readUserState, readUserStates, type UserState } from './user-state.js';

/**
 * @returns by id. The answer says nothing about users who are missing; one that is too long says nothing about anybody
 * @throws {Rejection} when it is not usable
 */
export async function readAnswerAboutUsers(
  answer: BackendAnswer,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, UserState>> {
  if (answer.status !== 200) throw await toUnavailableWithPause(answer);
  try {
    return readUserStates(await answer.readJson(), userIds);
  } catch (error) {
    if (error instanceof OversizedAnswer) return new Map();
    throw error;
  }
}

/**
 * @returns `null` when there is no such user, `undefined` when the answer is not understood or too long: that says nothing about others
 * @throws {Rejection} when it is not usable
 */
export async function readAnswerAboutUser(
  answer: BackendAnswer,
  userId: string,
): Promise<UserState | null | undefined> {
  if (answer.status === 200) return readState(answer, userId);
  if (answer.status !== 404) throw await toUnavailableWithPause(answer);
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

/** What PropelAuth answers about a user who is not there. A proxy or another server would say more, or something else. */
function isEmptyObject(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}
