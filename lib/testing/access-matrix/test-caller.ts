import type { CoreCredentialPlace } from '../../callers/core-caller-kind.js';

/** The organization that a call names, by id for some sources and by name for others. */
export interface NamedOrg {
  readonly orgId: string;
  readonly urlSafeOrgName: string;
}

/** The credentials of a caller. */
export interface Credentials {
  /** Access tokens of users or MCP clients. Calls with more than one are rejected. */
  readonly tokens: readonly string[];
  readonly apiKey?: string;
  /** Step-up grants, by header. */
  readonly grants?: Readonly<Record<string, string>>;
  /** The credential of one of the application's own kinds of callers. Their JWTs are among the tokens. */
  readonly own?: { readonly place: CoreCredentialPlace; readonly text: string };
}

/** A caller that the rule of a handler distinguishes from others. */
export interface TestCaller {
  /** The caller in words, after "allows" and "rejects", such as `a user whose token has expired`. */
  readonly what: string;
  /** Whether the described access allows the caller. */
  readonly mayCall: boolean;
  readonly credentials: Credentials;
  /** The application's own kind that has to identify the caller. Default: not known. */
  readonly ownKind?: string;
}

/** A caller before the rule of a handler is applied. */
export type UnjudgedCaller = Omit<TestCaller, 'mayCall'>;

export const ANONYMOUS: UnjudgedCaller = {
  what: 'a caller without credentials',
  credentials: { tokens: [] },
};

/** A text that is no token, and no secret. */
export const NO_TOKEN = 'malformed';

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

/** A text of the application, such as an error message, without the credentials of the caller, in any form in which a URL has them. */
export function withoutCredentials(text: string, credentials: Credentials): string {
  const { tokens, apiKey, grants, own } = credentials;
  const sent = [...tokens, apiKey, own?.text, ...Object.values(grants ?? {})];
  const secrets = sent.filter((secret) => secret !== undefined && secret !== NO_TOKEN) as string[];
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), formEncoded(secret)])
    .reduce((hidden, secret) => hidden.replaceAll(secret, '…'), text);
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
