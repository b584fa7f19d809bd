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
export class ProbedCall {
  readonly decisions: ObservedDecision[] = [];
  /** The handlers that would have run. */
  readonly reached: CalledHandler[] = [];

  /**
   * @param orgId the organization that the call names
   * @param branches of each `@RequireAnyOf()`, the index of the branch that may let in
   * @param denied the rule of the application that denies the call. Default: none
   */
  constructor(
    readonly orgId: string,
    readonly branches: readonly number[],
    readonly denied?: string,
  ) {}
}
