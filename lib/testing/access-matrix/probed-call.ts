import type { Type } from '@nestjs/common';

/** The handler of a call, as Nest passes it to guards and interceptors. */
export interface CalledHandler {
  readonly controller: Type;
  readonly handler: Function;
  /** The name or alias of the GraphQL operation in the response. */
  readonly rootKey?: string | number;
}

/** A handler that would have run without the probe. */
interface ReachedHandler extends CalledHandler {
  /** The arguments of its guards, if the probe has seen the call. */
  readonly args?: readonly unknown[];
}

/** A decision of the guard. */
export interface ObservedDecision extends CalledHandler {
  readonly isAllowed: boolean;
  /** The reason of the rejection. */
  readonly reason?: string;
  /** The package's own message about an error. Other messages are left out: they may contain a token. */
  readonly error?: string;
}

/** A call of an entry point, and how far it came. A GraphQL call may reach several handlers. */
export class ProbedCall {
  readonly decisions: ObservedDecision[] = [];
  /** The handlers that the probe prevented from running. */
  readonly reached: ReachedHandler[] = [];
}
