import type { Type } from '@nestjs/common';

/** The handler of a call: what Nest names to guards and interceptors. */
export interface CalledHandler {
  readonly controller: Type;
  readonly handler: Function;
  /** Of a GraphQL call, the name or alias of its operation in the response. */
  readonly rootKey?: string | number;
}

/** A handler that would have run. */
interface ReachedHandler extends CalledHandler {
  /** What its guards were called with, where the probe has seen it. */
  readonly args?: readonly unknown[];
}

/** What the guard decided about a call. */
export interface ObservedDecision extends CalledHandler {
  readonly isAllowed: boolean;
  /** Why it was rejected. */
  readonly reason?: string;
  /** What the package says about the error that rejected it. Messages of others may hold anything, such as a token. */
  readonly error?: string;
}

/** A call of an entry point, and how far it came. One of GraphQL may reach several handlers. */
export class ProbedCall {
  readonly decisions: ObservedDecision[] = [];
  /** The handlers that the probe answered instead of. */
  readonly reached: ReachedHandler[] = [];
}
