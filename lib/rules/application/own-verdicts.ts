import { Injectable } from '@nestjs/common';
import type { AccessCall } from '../../options/access-rule.interface.js';
import { answerInTime } from './answer-deadline.js';
import type { OwnRule } from './own-rule.js';
import { sharedVerdict } from './shared-verdicts.js';

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
    const askAbout = (seen: AccessCall) =>
      answerInTime(`the rule '${rule.name}'`, () => rule.authorize(seen, ...args));
    return rule.shared === true
      ? sharedVerdict(rule, args, call, lifetime, askAbout)
      : askAbout(call);
  }
}
