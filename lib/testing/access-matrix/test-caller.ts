import type { CallArguments } from './hold-options.interface.js';

/** The organization that a call names, by id for some sources and by name for others. */
export interface NamedOrg {
  readonly orgId: string;
  readonly urlSafeOrgName: string;
}

/** The credentials of a caller, as calls send them. */
export interface Credentials extends Pick<CallArguments, 'params' | 'query' | 'headers'> {
  /** The access token of a user: in a header or a cookie, as the handler reads it. */
  readonly token?: string;
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

/** A cookie, as a page of the own origin sends it. */
export function cookieHeaders(name: string, value: string): Record<string, string> {
  return { cookie: `${name}=${value}`, 'sec-fetch-site': 'same-origin' };
}
