import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { BackendClient } from '../../backend/backend-client.js';
import { isPlausibleSecret } from '../../backend/plausible-secret.js';
import { RequestQueue } from '../../backend/request-queue.js';
import { Refusal } from '../../refusals/refusal.js';
import type { StepUpRequirement } from '../../rules/access-rule.js';

const MAXIMUM_GRANT_LENGTH = 4_096;

/** Users choose the grants that they send, so the number of concurrent requests to PropelAuth is limited. */
const MAXIMUM_CONCURRENT_REQUESTS = 50;

/**
 * Checks with PropelAuth that a user has just passed an MFA challenge. The request uses up a one-time grant, so results are not cached and
 * requests are not retried. Users take turns.
 */
@Injectable()
export class StepUpVerifier {
  /** What came of the grants of operations with many guarded parts, for as long as they last. Private, so that printing shows none. */
  readonly #withinOperations = new WeakMap<object, Map<string, Promise<void>>>();
  private readonly queue = new RequestQueue(MAXIMUM_CONCURRENT_REQUESTS);

  constructor(private readonly backend: BackendClient) {}

  /**
   * @param headers of the request, which bring the grants
   * @param operation what lasts as long as the operation, and no longer: a grant that is not valid is asked about once for all of its parts
   * @throws {Refusal} `step_up_required` when a grant is missing or not valid for this user and action, `propelauth_unavailable` when
   * PropelAuth says neither yes nor no
   */
  async verifyAll(
    user: UserClass | null,
    requirements: readonly StepUpRequirement[],
    headers: IncomingHttpHeaders,
    operation: object = {},
  ): Promise<void> {
    // Every one has to be there before the first is asked about: what is asked about may be used up.
    if (!requirements.every(({ grantHeader }) => isPlausibleGrant(headers[grantHeader]))) {
      throw new Refusal('step_up_required');
    }
    for (const { actionType, grantHeader } of requirements) {
      await this.verifyWithin(operation, user, actionType, headers[grantHeader]);
    }
  }

  /** One part after the other, since a grant may be for one time. A grant that was not valid for one part is not for the next. */
  private verifyWithin(
    operation: object,
    user: UserClass | null,
    actionType: string,
    grant: unknown,
  ): Promise<void> {
    const earlier = this.#withinOperations.get(operation) ?? new Map<string, Promise<void>>();
    this.#withinOperations.set(operation, earlier);
    const question = JSON.stringify([user?.userId, actionType, grant]);
    const verify = () => this.verify(user, actionType, grant);
    const verdict = earlier.get(question)?.then(verify) ?? verify();
    earlier.set(question, verdict);
    return verdict;
  }

  /**
   * @param grant what PropelAuth gave the user for passing the challenge; anything may stand here
   * @throws {Refusal} as {@link verifyAll} does
   */
  async verify(user: UserClass | null, actionType: string, grant: unknown): Promise<void> {
    if (user === null || !isPlausibleGrant(grant)) throw new Refusal('step_up_required');
    const { userId } = user;
    const isValid = await this.queue.run({ isKnown: false, party: userId }, () =>
      this.backend.verifyStepUpGrant({ userId, actionType, grant }),
    );
    if (!isValid) throw new Refusal('step_up_required');
  }
}

/** A text that cannot be a grant causes no request to PropelAuth. */
function isPlausibleGrant(value: unknown): value is string {
  return isPlausibleSecret(value, MAXIMUM_GRANT_LENGTH);
}
