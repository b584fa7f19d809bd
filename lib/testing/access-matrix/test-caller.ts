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

/** Callers whom no rule allows, by what they are in words. */
export function rejectedCallers(byWords: Readonly<Record<string, Credentials>>): TestCaller[] {
  return Object.entries(byWords).map(([what, credentials]) => ({
    what,
    mayCall: false,
    credentials,
  }));
}

/** A credential with another character in the middle: the end of a signature may not count. */
export function altered(text: string): string {
  const middle = Math.floor(text.length / 2);
  const other = text[middle]?.toLowerCase() === 'a' ? 'b' : 'a';
  return text.slice(0, middle) + other + text.slice(middle + 1);
}
