import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { isPlausibleGrant, StepUpVerifier } from './step-up-verifier.js';
import { headersOf } from '../../transport/transport-of.js';
import type { StepUpRequirement } from '../../rules/access-rule.js';
import type { Decision } from '../../decision/decision.js';
import { Refusal } from '../../refusals/refusal.js';

/** Asks PropelAuth about the grants that a route requires, when everything else has been decided. */
@Injectable()
export class StepUpGate {
  constructor(private readonly verifier: StepUpVerifier) {}

  /** @throws {Refusal} `step_up_required` when a grant is missing or does not hold for this user and action */
  async check(decision: Decision, requirements: readonly StepUpRequirement[]): Promise<void> {
    const headers = headersOf(decision.context) ?? {};
    // Every one has to be there before the first is asked about: what is asked about may be used up.
    if (!requirements.every(({ grantHeader }) => isPlausibleGrant(headers[grantHeader]))) {
      throw new Refusal('step_up_required');
    }
    for (const { actionType, grantHeader } of requirements) {
      await this.verify(decision.user, actionType, headers[grantHeader]);
    }
  }

  /** @throws {Refusal} `step_up_required` when the grant does not hold for this user and action */
  async verify(user: UserClass | null, actionType: string, grant: unknown): Promise<void> {
    const holds =
      user !== null &&
      isPlausibleGrant(grant) &&
      (await this.verifier.verify(user.userId, actionType, grant));
    if (!holds) throw new Refusal('step_up_required');
  }
}
