import type { TokenSource } from '../options/token-source.interface.js';
import { UNTRACEABLE, USER, type Callers } from './callers.js';
import type { RuleCheck, RuleType } from './rule.js';

/** Everything that a call of one handler has to meet. */
export interface Policy {
  readonly callers: Callers;
  /** The decorator that names the callers, if one does. */
  readonly decorator?: string;
  /** What callers have to meet, in the order in which it is checked: one check for each type of rules. */
  readonly checks: readonly RuleCheck[];
  /** Whether a decorator or the application's own guard on the handler requires this, and not only the default of the module. */
  readonly isExplicit: boolean;
  /** What exempts the handler from the global level, such as `HealthModule`: no rule of this package applies to it. */
  readonly exemptedBy?: string;
  /** Whether a decorator about callers says that calls may name any organization. It changes nothing about access. */
  readonly uncheckedOrg?: true;
  /** The token sources of the nearest level that has any; empty if the transport finds the token. */
  readonly tokenSources: readonly TokenSource[];
  /** Whether the present state of the user is needed whom the caller is, or acts for: for a rule or a parameter. */
  readonly needsPresentUser?: true;
  /** The policy of the handler as a field of an operation that was decided about for the same caller, who has met the global rules. Default: this one. */
  readonly inOperation?: Policy;
  /** Whether the handler receives requests for other handlers: {@link LibraryRole.isEndpoint}. */
  readonly isEndpoint?: true;
  /** Whether the response of the handler is an event stream, which stays open. `maybe`: only the handler knows. */
  readonly eventStream?: 'always' | 'maybe';
}

/** What a library makes of a handler, whatever the rules of the handler say. */
export interface LibraryRole {
  /** The only kind of callers that the library serves: any other credential is rejected. */
  readonly onlyKind: string;
  /** Whether the handler receives requests whose calls the library passes on to other handlers, which have rules of their own. */
  readonly isEndpoint: boolean;
}

/** Finds what a library makes of a handler; `undefined` for most. */
export type RoleLookUp = (type: Function, handler: Function) => LibraryRole | undefined;

/** The policy of a handler without rules, if a guard is called for it: it requires a user. */
export const DEFAULT_POLICY: Policy = {
  callers: USER,
  checks: [],
  isExplicit: false,
  tokenSources: [],
};

/** The policy of a handler that cannot be traced to a method: no call passes. */
export const UNTRACEABLE_POLICY: Policy = {
  ...DEFAULT_POLICY,
  callers: UNTRACEABLE,
  isExplicit: true,
};

/** What the rules of one type on a handler say together; `undefined` without any. */
export function combinedOf<Combined>(
  { checks }: Pick<Policy, 'checks'>,
  type: RuleType<never, Combined>,
): Combined | undefined {
  return checks.find((check) => check.type.name === type.name)?.combined as Combined | undefined;
}

/** The same, with what branches of other checks say. */
export function allCombinedOf<Combined>(
  policy: Pick<Policy, 'checks'>,
  type: RuleType<never, Combined>,
): Combined[] {
  const branches = policy.checks.flatMap((check) => check.type.branchesOf?.(check.combined) ?? []);
  return [policy.checks, ...branches].flatMap((checks) => {
    const combined = combinedOf({ checks }, type);
    return combined === undefined ? [] : [combined];
  });
}

/** Whether every call that passes meets a rule of a type: all branches of a check may have one. */
export function alwaysHas(
  { checks }: Pick<Policy, 'checks'>,
  { name }: Pick<RuleType, 'name'>,
): boolean {
  return checks.some(
    ({ type, combined }) =>
      type.name === name ||
      type.branchesOf?.(combined).some((choice) => choice.every((one) => one.type.name === name)),
  );
}

/** The checks of a policy, with another one of one type. */
export function withCheck<Combined>(
  checks: readonly RuleCheck[],
  type: RuleType<never, Combined>,
  combined: Combined,
): RuleCheck[] {
  const others = checks.filter((check) => check.type.name !== type.name);
  return [...others, { type, combined }];
}
