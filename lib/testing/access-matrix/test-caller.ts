import type { CoreCredentialPlace } from '../../callers/core-kind.js';

/** The organization that a call names, by id for some sources and by name for others. */
export interface NamedOrg {
  readonly orgId: string;
  readonly urlSafeOrgName: string;
}

/** The credentials of a caller. */
export interface Credentials {
  /** The access token of a user. */
  readonly token?: string;
  /** API keys, step-up grants and the like. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The credential of one of the application's own kinds of callers that is in no header. */
  readonly own?: { readonly place: CoreCredentialPlace; readonly text: string };
}

/** A caller that the rule of a handler distinguishes from others. */
export interface TestCaller {
  /** The caller in words, after "allows" and "rejects", such as `a user whose token has expired`. */
  readonly what: string;
  /** Whether the described access allows the caller. */
  readonly mayCall: boolean;
  readonly credentials: Credentials;
  /** The rule of the application that denies the calls of this caller. Default: none. */
  readonly denied?: string;
  /** The application's own kind that has to identify the caller. Default: not known. */
  readonly ownKind?: string;
}

/** A caller before the rule of a handler is applied: in words, and with credentials. */
export type UnjudgedCaller = readonly [what: string, credentials: Credentials];

export function judged(callers: readonly UnjudgedCaller[], mayCall: boolean): TestCaller[] {
  return callers.map(([what, credentials]) => ({ what, mayCall, credentials }));
}
