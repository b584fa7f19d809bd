import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { BackendClient } from '../../propelauth/backend/backend-client.js';
import { isPlausibleSecret } from '../../propelauth/backend/plausible-secret.js';
import { RequestQueue } from '../../propelauth/backend/request-queue.js';
import { Rejection } from '../../rejections/rejection.js';

/** A proof that the user has just passed an MFA challenge for one action. */
export interface StepUpRequirement {
  /** The kind of action. */
  readonly actionType: string;
  /** The name of the header that brings the grant, in lower case. */
  readonly grantHeader: string;
}

const MAXIMUM_GRANT_LENGTH = 4_096;

/** One request can call guarded parts many times, such as by GraphQL aliases, and a grant that is not for one use passes each time. */
const MAXIMUM_QUESTIONS_PER_REQUEST = 10;

const TOO_MANY =
  'This operation needs more step-up grants than the ' +
  `${MAXIMUM_QUESTIONS_PER_REQUEST} that are verified for one`;

/** Users choose the grants that they send, so the number of concurrent requests to PropelAuth is limited. */
const MAXIMUM_CONCURRENT_REQUESTS = 50;

/**
 * Checks with PropelAuth that a user has just passed an MFA challenge. The request uses up a one-time grant, so results are not cached and
 * requests are not retried. Users take turns.
 */
@Injectable()
export class StepUpVerifier {
  /** The results for the grants of an operation, which can have many guarded parts. Private, so that logging this object shows no grant. */
  readonly #withinOperations = new WeakMap<object, Map<string, Promise<void>>>();
  /** How often PropelAuth was asked within each request. */
  readonly #questions = new WeakMap<object, number>();
  private readonly queue = new RequestQueue(MAXIMUM_CONCURRENT_REQUESTS);

  constructor(private readonly backend: BackendClient) {}

  /**
   * @param headers the headers of the request, which contain the grants
   * @param operation an object that lasts exactly as long as the operation: PropelAuth is asked about an invalid grant once for all parts
   * of the operation
   * @param request an object that lasts as long as the request, which may contain several operations: PropelAuth is asked at most ten times
   * for all of them
   * @throws {Rejection} `step_up_required` when a grant is missing or not valid for this user and action, or the request needs too many,
   * `propelauth_unavailable` when PropelAuth says neither yes nor no
   */
  async verifyAll(
    user: UserClass | null,
    requirements: readonly StepUpRequirement[],
    headers: IncomingHttpHeaders,
    operation: object = {},
    request: object = operation,
  ): Promise<void> {
    // Every grant has to be there before PropelAuth is asked about the first, because asking may use a grant up.
    if (!requirements.every(({ grantHeader }) => isPlausibleGrant(headers[grantHeader]))) {
      throw new Rejection('step_up_required');
    }
    for (const { actionType, grantHeader } of requirements) {
      const verify = () => {
        this.count(request);
        return this.verify(user, actionType, headers[grantHeader]);
      };
      const question = JSON.stringify([user?.userId, actionType, headers[grantHeader]]);
      await this.verifyWithin(operation, question, verify);
    }
  }

  /**
   * Verifies a grant for one part after the other, since it may be valid only once. If it is invalid for one part, all later parts are
   * rejected without asking.
   */
  private verifyWithin(
    operation: object,
    question: string,
    verify: () => Promise<void>,
  ): Promise<void> {
    const earlier = this.#withinOperations.get(operation) ?? new Map<string, Promise<void>>();
    this.#withinOperations.set(operation, earlier);
    const verdict = earlier.get(question)?.then(verify) ?? verify();
    earlier.set(question, verdict);
    return verdict;
  }

  private count(request: object): void {
    const count = (this.#questions.get(request) ?? 0) + 1;
    if (count > MAXIMUM_QUESTIONS_PER_REQUEST) {
      throw new Rejection('step_up_required', { detail: TOO_MANY });
    }
    this.#questions.set(request, count);
  }

  /**
   * @param grant the grant as the user sent it; it can be anything
   * @throws {Rejection} as {@link verifyAll} does
   */
  async verify(user: UserClass | null, actionType: string, grant: unknown): Promise<void> {
    if (user === null || !isPlausibleGrant(grant)) throw new Rejection('step_up_required');
    const { userId } = user;
    const isValid = await this.queue.run({ isKnown: false, party: userId }, () =>
      this.backend.verifyStepUpGrant({ userId, actionType, grant }),
    );
    if (!isValid) throw new Rejection('step_up_required');
  }
}

/** A text that cannot be a grant causes no request to PropelAuth. */
export function isPlausibleGrant(value: unknown): value is string {
  return isPlausibleSecret(value, MAXIMUM_GRANT_LENGTH);
}
