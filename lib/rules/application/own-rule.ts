import type { AccessCall, AccessNeed, DenialStatus } from '../../options/access-rule.interface.js';
import { REJECTIONS } from '../../rejections/rejection-table.js';
import { isObject } from '../../values/is-object.js';

/** A rule of the application, whatever its arguments, needs and codes. */
export interface OwnRule {
  readonly name: string;
  readonly requires?: readonly AccessNeed[];
  readonly denials?: Readonly<Record<string, DenialStatus>>;
  readonly shared?: boolean;
  describe?(...args: readonly unknown[]): unknown;
  authorize(call: AccessCall, ...args: readonly unknown[]): unknown;
}

const NEEDS: readonly unknown[] = ['caller', 'userId', 'org'] satisfies AccessNeed[];
const STATUSES: readonly unknown[] = [401, 402, 403, 404, 409, 428, 429] satisfies DenialStatus[];

const CODE = /^[a-z][a-z\d]*(_[a-z\d]+)*$/;

/** The codes of this package, which clients take for something else. */
const TAKEN_CODES = new Set<string>(Object.values(REJECTIONS).map(({ code }) => code));

/** What is wrong with a rule, for applications without a compiler that checks it. */
export function mistakeInRule(rule: Partial<OwnRule>): string | undefined {
  const { requires, denials, shared, describe, authorize } = rule;
  if (typeof authorize !== 'function') {
    return 'has no method authorize(). Add authorize(call, …args), which returns true to let a call in.';
  }
  if (describe !== undefined && typeof describe !== 'function') {
    return 'has a describe that is not a method. Make it describe(…args), which returns a text.';
  }
  if (shared !== undefined && typeof shared !== 'boolean') {
    return 'has a wrong shared. Set it to true or false.';
  }
  if (requires !== undefined && !(Array.isArray(requires) && requires.every(isNeed))) {
    return "has a wrong requires. Set it to a list of 'caller', 'userId' and 'org'.";
  }
  if (denials === undefined) return undefined;
  if (!isObject(denials) || Object.keys(denials).length === 0) {
    return 'has wrong denials. Set them to at least one code and its status, such as { plan_required: 402 }, or leave them out.';
  }
  const wrong = Object.entries(denials).find(
    ([code, status]) => !CODE.test(code) || TAKEN_CODES.has(code) || !STATUSES.includes(status),
  );
  return wrong === undefined
    ? undefined
    : `denies calls with ${String(wrong[1])} ${wrong[0]}. Codes are lower-case letters, digits and underscores, and not those of this package; ` +
        `statuses are ${STATUSES.join(', ')}.`;
}

function isNeed(need: unknown): boolean {
  return NEEDS.includes(need);
}

/** What a rule says about a code that another rule says otherwise, in words after the name of its class. */
export function clashOfCodes(
  { denials = {} }: OwnRule,
  { denials: others = {} }: OwnRule,
  nameOfOther: string,
): string | undefined {
  const code = Object.keys(denials).find(
    (one) => Object.hasOwn(others, one) && others[one] !== denials[one],
  );
  return (
    code &&
    `denies calls with ${denials[code]} ${code}, and ${nameOfOther} with ${others[code]} ${code}. Give each code one status.`
  );
}
