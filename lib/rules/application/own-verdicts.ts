import { Injectable } from '@nestjs/common';
import type { AccessCall } from '../../options/access-rule.interface.js';
import { DeadlineError, withinDeadline } from '../../propelauth/backend/deadline.js';
import { Rejection } from '../../rejections/rejection.js';
import type { OwnRule } from './own-rule.js';
import { sharedVerdict } from './shared-verdicts.js';

const DEADLINE_MILLISECONDS = 10_000;

/** Asks the rules of the application. */
@Injectable()
export class OwnVerdicts {
  /**
   * What a rule says about a call, whatever that is.
   *
   * @param lifetime what the call shares verdicts within
   * @throws {Rejection} if it does not answer in time
   * @throws what the rule throws
   */
  async of(
    rule: OwnRule,
    args: readonly unknown[],
    call: AccessCall,
    lifetime: object,
  ): Promise<unknown> {
    const askAbout = (seen: AccessCall) => ask(rule, () => rule.authorize(seen, ...args));
    return rule.shared === true
      ? sharedVerdict(rule, args, call, lifetime, askAbout)
      : askAbout(call);
  }
}

/** A rule that does not answer must not keep its callers for ever. */
async function ask({ name }: OwnRule, authorize: () => unknown): Promise<unknown> {
  try {
    return await withinDeadline(DEADLINE_MILLISECONDS, async () => authorize());
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw new Rejection('rule_unavailable', { detail: `the rule '${name}' took more than 10 s` });
  }
}
