import { Injectable } from '@nestjs/common';
import type { AccessCall } from '../../options/access-rule.interface.js';
import { isSameData } from '../../values/is-same-data.js';
import { privateField } from '../../values/private-field.js';
import { answerInTime } from './answer-deadline.js';
import type { OwnRule } from './own-rule.js';

/** What a rule has said about a caller in an organization. */
interface SharedVerdict extends Pick<AccessCall, 'caller' | 'org'> {
  readonly args: readonly unknown[];
  readonly verdict: Promise<unknown>;
}

/** The properties of a call that differ between calls for the same caller and organization. */
const OWN_TO_A_CALL = [
  'transport',
  'address',
  'headers',
  'context',
  'handler',
  'read',
  'load',
] as const satisfies (keyof AccessCall)[];

/** Asks the rules of the application. */
@Injectable()
export class OwnVerdicts {
  /** The verdicts of one request, root field or message. */
  readonly #shared = privateField<Map<OwnRule, SharedVerdict[]>>();

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
    return rule.shared === true
      ? this.sharedOf(rule, args, call, lifetime)
      : askAbout(call, rule, args);
  }

  /** A rule that says the same about all calls of a caller in an organization is asked once for all that share a lifetime. */
  private sharedOf(
    rule: OwnRule,
    args: readonly unknown[],
    call: AccessCall,
    lifetime: object,
  ): Promise<unknown> {
    let known = this.#shared.get(lifetime);
    if (known === undefined)
      this.#shared.set(lifetime, (known = new Map<OwnRule, SharedVerdict[]>()));
    const ofRule = known.get(rule) ?? [];
    known.set(rule, ofRule);
    const { caller, org } = call;
    const same = ofRule.find(
      (one) => one.caller === caller && one.org?.orgId === org?.orgId && isSameData(one.args, args),
    );
    if (same !== undefined) return same.verdict;
    const verdict = askAbout(withoutCall(rule, call), rule, args);
    ofRule.push({ args, caller, org, verdict });
    return verdict;
  }
}

function askAbout(call: AccessCall, rule: OwnRule, args: readonly unknown[]): Promise<unknown> {
  return answerInTime(`the rule '${rule.name}'`, () => rule.authorize(call, ...args));
}

/** A rule whose verdict is shared must not depend on what differs between those who share it. */
function withoutCall({ name }: OwnRule, { caller, userId, org }: AccessCall): AccessCall {
  const call = { caller, userId, org } as AccessCall;
  for (const property of OWN_TO_A_CALL) {
    Object.defineProperty(call, property, {
      get: (): never => {
        throw new TypeError(
          `The rule '${name}' is shared, so its verdict may not depend on ${property} of a call. Use caller, userId and org, or remove ` +
            'shared.',
        );
      },
    });
  }
  return Object.freeze(call);
}
