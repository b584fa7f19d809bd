import type { AccessCall } from '../../options/access-rule.interface.js';
import { isSameData } from '../../values/is-same-data.js';
import { privateField } from '../../values/private-field.js';
import type { OwnRule } from './own-rule.js';

/** What a rule has said about a caller in an organization. */
interface SharedVerdict extends Pick<AccessCall, 'caller' | 'org'> {
  readonly args: readonly unknown[];
  readonly verdict: Promise<unknown>;
}

/** The verdicts of one request, root field or message. */
const verdicts = privateField<Map<OwnRule, SharedVerdict[]>>();

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

/**
 * The verdict of a rule that says the same about all calls of a caller in an organization: it is asked once for all that share a lifetime.
 *
 * @param ask asks the rule about a call that has only the caller and the organization
 */
export function sharedVerdict(
  rule: OwnRule,
  args: readonly unknown[],
  call: AccessCall,
  lifetime: object,
  ask: (call: AccessCall) => Promise<unknown>,
): Promise<unknown> {
  let known = verdicts.get(lifetime);
  if (known === undefined) verdicts.set(lifetime, (known = new Map<OwnRule, SharedVerdict[]>()));
  const ofRule = known.get(rule) ?? [];
  known.set(rule, ofRule);
  const { caller, org } = call;
  const same = ofRule.find(
    (one) => one.caller === caller && one.org?.orgId === org?.orgId && isSameData(one.args, args),
  );
  if (same !== undefined) return same.verdict;
  const verdict = ask(withoutCall(rule, call));
  ofRule.push({ args, caller, org, verdict });
  return verdict;
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
