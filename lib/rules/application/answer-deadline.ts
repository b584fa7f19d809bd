import { DeadlineError, withinDeadline } from '../../propelauth/backend/deadline.js';
import { Rejection } from '../../rejections/rejection.js';

const DEADLINE_MILLISECONDS = 10_000;

/**
 * Asks a rule or a loader of the application. One that does not answer must not keep its callers for ever.
 *
 * @param who who is asked, as logs call it: `the rule 'plan'`
 * @throws {Rejection} if there is no answer in time
 * @throws what is thrown by whom it asks
 */
export async function answerInTime(who: string, ask: () => unknown): Promise<unknown> {
  try {
    return await withinDeadline(DEADLINE_MILLISECONDS, async () => ask());
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw new Rejection('rule_unavailable', { detail: `${who} took more than 10 s` });
  }
}
