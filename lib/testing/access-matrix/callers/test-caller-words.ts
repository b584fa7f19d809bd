import type { TestCaller } from '../entry-point.js';

/** A caller before the rule of a handler decides whether they may call. */
export type UnjudgedCaller = Omit<TestCaller, 'mayCall'>;

export const ANONYMOUS: UnjudgedCaller = {
  what: 'a caller without credentials',
  credentials: { tokens: [] },
};

export const MALFORMED: UnjudgedCaller = {
  what: 'a caller with a malformed token',
  credentials: { tokens: ['malformed'] },
};

export function letIn(caller: UnjudgedCaller): TestCaller {
  return { ...caller, mayCall: true };
}

export function rejected(caller: UnjudgedCaller): TestCaller {
  return { ...caller, mayCall: false };
}

/** A noun and what tells it from others, such as `a member` and `with the role Admin`. */
export function inWords(...parts: readonly string[]): string {
  return parts.filter(Boolean).join(' ');
}
