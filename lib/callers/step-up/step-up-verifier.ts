import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { BackendClient } from '../../backend/backend-client.js';
import { isPlausibleSecret } from '../../backend/plausible-secret.js';
import { Refusal } from '../../refusals/refusal.js';
import type { StepUpRequirement } from '../../rules/access-rule.js';

const MAXIMUM_GRANT_LENGTH = 4_096;

/**
 * Checks with PropelAuth that a user has just passed another MFA challenge. Asking uses up a one-time grant, so that nothing is
 * remembered, and nothing is tried again.
 */
@Injectable()
export class StepUpVerifier {
  constructor(private readonly backend: BackendClient) {}

  /**
   * @param headers of the request, which bring the grants
   * @throws {Refusal} `step_up_required` when a grant is missing or not valid for this user and action, `propelauth_unavailable` when
   * PropelAuth says neither yes nor no
   */
  async verifyAll(
    user: UserClass | null,
    requirements: readonly StepUpRequirement[],
    headers: IncomingHttpHeaders,
  ): Promise<void> {
    // Every one has to be there before the first is asked about: what is asked about may be used up.
    if (!requirements.every(({ grantHeader }) => isPlausibleGrant(headers[grantHeader]))) {
      throw new Refusal('step_up_required');
    }
    for (const { actionType, grantHeader } of requirements) {
      await this.verify(user, actionType, headers[grantHeader]);
    }
  }

  /**
   * @param grant what PropelAuth gave the user for passing the challenge; anything may stand here
   * @throws {Refusal} as {@link verifyAll} does
   */
  async verify(user: UserClass | null, actionType: string, grant: unknown): Promise<void> {
    const isValid =
      user !== null &&
      isPlausibleGrant(grant) &&
      (await this.backend.verifyStepUpGrant({ userId: user.userId, actionType, grant }));
    if (!isValid) throw new Refusal('step_up_required');
  }
}

/** What cannot be a grant is no reason to ask PropelAuth. */
function isPlausibleGrant(value: unknown): value is string {
  return isPlausibleSecret(value, MAXIMUM_GRANT_LENGTH);
}
