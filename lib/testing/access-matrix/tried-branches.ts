import { anyOfRule, branchInWords, type Branches } from '../../rules/any-of/any-of-rule.js';
import type { HandlerAccess } from '../../rules/handler-access.js';
import { combinedOf, withCheck, type Policy } from '../../rules/policy.js';
import type { RuleCheck } from '../../rules/rule.js';
import { denied } from '../../rejections/rejection.js';
import type { DescribedHandler } from '../../startup/access-descriptions.js';

/** A handler of which one branch of each `@RequireAnyOf()` is tried, as if it were a rule of its own. */
export interface TriedHandler extends DescribedHandler {
  /** The index of the branch, for each decorator. */
  readonly branches: readonly number[];
  /** The branches in words; `undefined` for a handler without any. */
  readonly alone?: string;
}

/** A handler once for each branch; once, if it has none. */
export function byBranches(handler: DescribedHandler): TriedHandler[] {
  const all = combinedOf(handler.access, anyOfRule) ?? [];
  const choices = all.reduce<number[][]>(
    (some, branches) => some.flatMap((one) => branches.map((_branch, index) => [...one, index])),
    [[]],
  );
  return choices.map((branches) => {
    const chosen = branches.flatMap((index, ofDecorator) => all[ofDecorator]?.[index] ?? []);
    const alone = chosen.map(branchInWords).join(' and ');
    const access = accessBy(handler.access, chosen);
    return { ...handler, access, branches, ...(alone !== '' && { alone }) };
  });
}

/** The access of those whom these branches let in. */
function accessBy(access: HandlerAccess, chosen: Branches): HandlerAccess {
  const checks = chosen.reduce<readonly RuleCheck[]>(
    (all, { type, combined }) =>
      withCheck(all, type, added(combinedOf({ checks: all }, type), combined)),
    access.checks.filter(({ type }) => type !== anyOfRule),
  );
  const kinds = [...access.kinds].filter(([, { facts }]) =>
    chosen.every(({ type }) => facts && type.on(facts, undefined) !== 'never'),
  );
  const isForNobody = chosen.every(({ type }) => type.acceptsNobody !== undefined);
  const isRequired = access.access === 'optional' && !isForNobody;
  return { ...access, checks, kinds: new Map(kinds), ...(isRequired && { access: 'required' }) };
}

/** What two checks of one type say together: their lists add up. Branches say nothing about one kind of callers. */
function added<Combined>(one: Combined | undefined, other: Combined): Combined {
  if (one === undefined) return other;
  if (Array.isArray(one)) return [...(one as unknown[]), ...(other as unknown[])] as Combined;
  const others = other as Record<string, unknown>;
  const entries = Object.entries(one as object).map(([name, value]: [string, unknown]) => [
    name,
    Array.isArray(value) ? added(value, others[name]) : value,
  ]);
  return Object.fromEntries(entries) as Combined;
}

/** A policy of which these branches alone let in. Those before them are tried, and deny; those behind would be asked too late. */
export function withOnly(branches: readonly number[], policy: Policy): Policy {
  const all = combinedOf(policy, anyOfRule);
  if (all === undefined) return policy;
  const combined = all.map((some, ofDecorator) => {
    const index = branches[ofDecorator] ?? 0;
    return some.slice(0, index + 1).map((one, at) => (at === index ? one : denying(one)));
  });
  const checks = policy.checks.map((check) =>
    check.type === anyOfRule ? { ...check, combined } : check,
  );
  const { inOperation } = policy;
  return {
    ...policy,
    checks,
    ...(inOperation && { inOperation: withOnly(branches, inOperation) }),
  };
}

function denying({ type, combined }: RuleCheck): RuleCheck {
  const check: RuleCheck['type']['check'] = async (...asked) => {
    await type.check?.(...asked);
    throw denied({ rule: type.name, code: 'access_denied', status: 403 });
  };
  return { type: { ...type, check }, combined };
}
