import type { CanActivate, Type } from '@nestjs/common';
import type { AccessCall } from '../../options/access-rule.interface.js';
import { denied, Rejection, type Denial } from '../../rejections/rejection.js';
import { isSameData } from '../../values/is-same-data.js';
import { isOptional, kindsOf } from '../callers.js';
import { alwaysHas } from '../policy.js';
import type { RuledHandler, RuleType } from '../rule.js';
import { orgRule } from '../org/org-rule.js';
import { GuardDenial } from './guard-as-rule.js';
import type { OwnRule } from './own-rule.js';
import { OwnVerdicts } from './own-verdicts.js';
import { Resources } from './resources.js';

/** What a decorator of {@link accessRule} writes. */
export interface OwnRuleArgument {
  readonly rule: Type<OwnRule>;
  readonly args: readonly unknown[];
  /** The same class, if it is a guard. */
  readonly guard?: Type<CanActivate>;
}

/** A rule of the application on a handler. */
interface AskedRule {
  readonly args: readonly unknown[];
  /** Finds it among the providers. Rules may be combined before there are any. */
  readonly find: () => OwnRule;
}

/** A rule that denies without a code of its own. */
const DEFAULT_DENIAL = { code: 'access_denied', status: 403 } as const;

/** Requires what the rules of the application say, from those of the outer levels to those of the handler. */
export const applicationRule: RuleType<OwnRuleArgument, readonly AskedRule[]> = {
  name: 'application',
  acceptsNobody: () => true,
  providers: [Resources, OwnVerdicts],

  combine: (rules, { own }) =>
    rules
      .map(({ argument }) => argument)
      .toReversed()
      .filter((one, index, all) => all.findIndex((other) => isSame(one, other)) === index)
      .map(({ rule, args, guard }) => ({
        args,
        find: () => (guard === undefined ? own.ruleOf(rule) : own.ruleOfGuard(guard)),
      })),

  fromCode: (argument) => argument,

  on: () => 'checked',

  async check(call, rules, services) {
    const accessCall = call.accessCallWith(services.get(Resources));
    const verdicts = services.get(OwnVerdicts);
    for (const { find, args } of rules) {
      const rule = find();
      assertGiven(rule, accessCall);
      const verdict = await verdicts.of(rule, args, accessCall, call.sharingLifetime);
      if (verdict !== true) throw denialFor(rule, verdict, accessCall);
    }
  },

  dependsOnCall: () => true,

  describe: (rules) => {
    const words = rules.map(wordsOf);
    return {
      words: words.join(', '),
      reasons: [],
      reasonsForNobody: ['credential_missing'],
      denials: rules.flatMap(denialsOf),
      data: rules.map(({ find }, index) => ({ rule: find().name, words: words[index] })),
    };
  },

  audit: (rules, handler) => rules.flatMap(({ find }) => unmetNeedsOf(find(), handler)),
};

/** Equal rules count once. */
function isSame(one: OwnRuleArgument, other: OwnRuleArgument): boolean {
  return one.rule === other.rule && isSameData(one.args, other.args);
}

function wordsOf({ find, args }: AskedRule): string {
  const rule = find();
  const words = rule.describe?.(...args) ?? rule.name;
  if (typeof words === 'string' && words !== '') return words;
  throw new TypeError(
    `describe() of the rule '${rule.name}' returned no text. Return words such as 'plan pro'.`,
  );
}

/** The ways in which a rule may deny a call. */
function denialsOf({ find }: AskedRule): Denial[] {
  const { name: rule, denials } = find();
  if (denials === undefined) return [{ rule, ...DEFAULT_DENIAL }];
  return Object.entries(denials).map(([code, status]) => ({ rule, code, status }));
}

/** What the rule requires, and the handler does not give. */
function unmetNeedsOf({ name, requires = [] }: OwnRule, { policy }: RuledHandler): string[] {
  const rule = `The rule '${name}' requires`;
  const mayBeNobody = isOptional(policy.callers);
  const kinds = [...kindsOf(policy.callers).keys()];
  return requires.flatMap((need) => {
    if (need === 'org') {
      return alwaysHas(policy, orgRule)
        ? []
        : [
            `${rule} an organization, which no rule of this handler checks. Add @RequireOrgMember().`,
          ];
    }
    return mayBeNobody
      ? [
          `${rule} a caller, and this handler accepts unauthenticated callers. Use ` +
            `@RequireCaller(${kinds.map((kind) => `'${kind}'`).join(', ')}), or change the rule.`,
        ]
      : [];
  });
}

/** Startup has said what a handler does not give. A caller may still lack a user. */
function assertGiven({ name, requires = [] }: OwnRule, { caller, userId, org }: AccessCall): void {
  if (requires.length > 0 && caller === null) throw new Rejection('credential_missing');
  const isGiven =
    (!requires.includes('userId') || userId !== undefined) &&
    (!requires.includes('org') || org !== null);
  if (!isGiven) throw denied({ rule: name, ...DEFAULT_DENIAL });
}

/** @returns the rejection for a verdict other than `true`; an error for one that is none */
function denialFor(rule: OwnRule, verdict: unknown, { caller }: AccessCall): Error {
  const { name, denials = {} } = rule;
  if (verdict instanceof GuardDenial) {
    const { exception: response } = verdict;
    return denied({ rule: name, ...DEFAULT_DENIAL, status: response.getStatus(), response });
  }
  const [first] = Object.keys(denials);
  if (verdict === false && caller === null) return new Rejection('credential_missing');
  if (verdict === false && first === undefined) return denied({ rule: name, ...DEFAULT_DENIAL });
  const { code, retryAfter } = readVerdict(verdict === false ? first : verdict);
  const status =
    typeof code === 'string' && Object.hasOwn(denials, code) ? denials[code] : undefined;
  if (status === undefined || !isSeconds(retryAfter)) {
    return new Error(
      `authorize() of the rule '${name}' returned neither a boolean nor a code of its denials (${Object.keys(denials).join(', ') || 'it has none'}). ` +
        'Return true to let a call in, and false or a code to deny it.',
    );
  }
  return denied({ rule: name, code: code as string, status }, retryAfter);
}

function readVerdict(verdict: unknown): { readonly code?: unknown; readonly retryAfter?: unknown } {
  return typeof verdict === 'object' && verdict !== null ? verdict : { code: verdict };
}

function isSeconds(value: unknown): value is number | undefined {
  return value === undefined || (Number.isFinite(value) && (value as number) > 0);
}
