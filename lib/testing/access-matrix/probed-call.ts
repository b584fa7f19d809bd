import type { Type } from '@nestjs/common';

/** The handler of a call, as Nest passes it to guards and interceptors. */
export interface CalledHandler {
  readonly controller: Type;
  readonly handler: Function;
}

/** A decision of the guard. */
export interface ObservedDecision extends CalledHandler {
  readonly isAllowed: boolean;
  /** The kind of the caller; `undefined` if none was identified. */
  readonly callerKind: string | undefined;
  /** The reason of the rejection. */
  readonly reason?: string;
}

/** A call of `toHold()`, and how far it came. */
export interface ProbedCall {
  /** The id of the organization that the call names. */
  readonly orgId: string;
  /** Of each `@RequireAnyOf()`, the index of the branch that may let in. */
  readonly branches: readonly number[];
  /** The rule of the application that denies the call. Default: none. */
  readonly denied: string | undefined;
  readonly decisions: ObservedDecision[];
  /** The handlers that would have run. */
  readonly reached: CalledHandler[];
}
