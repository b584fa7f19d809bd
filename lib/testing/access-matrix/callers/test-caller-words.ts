import type { TestCaller } from '../entry-point.js';

/** A caller before the rule of a handler is applied. */
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

/** Joins a noun and its qualifiers, such as `a member` and `with the role Admin`. */
export function inWords(...parts: readonly string[]): string {
  return parts.filter(Boolean).join(' ');
}
