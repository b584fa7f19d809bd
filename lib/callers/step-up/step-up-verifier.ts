import { Injectable } from '@nestjs/common';
import { AccessCalls } from '../../backend/backend-client.js';
import { isPlausibleSecret } from '../../backend/plausible-secret.js';

const MAXIMUM_GRANT_LENGTH = 4_096;

/** Whether something that a caller sent may be a grant. What is not is no reason to ask PropelAuth. */
export function isPlausibleGrant(value: unknown): value is string {
  return isPlausibleSecret(value, MAXIMUM_GRANT_LENGTH);
}

/** Answers whether somebody has passed another challenge for what they are about to do. */
@Injectable()
export class StepUpVerifier {
  constructor(private readonly calls: AccessCalls) {}

  /**
   * Verifies a grant, and uses it up if it is for one time. So nothing is remembered, and nothing is tried again.
   *
   * @param userId who is about to do it
   * @param actionType what they are about to do
   * @param grant what PropelAuth gave them for passing the challenge; anything may stand here
   * @returns whether the grant is valid for this user and this action
   * @throws {Refusal} when PropelAuth says neither yes nor no
   */
  async verify(userId: string, actionType: string, grant: string): Promise<boolean> {
    if (!isPlausibleGrant(grant)) return false;
    return this.calls.verifyStepUpGrant({ userId, actionType, grant });
  }
}
