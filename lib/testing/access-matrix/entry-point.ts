import type { DescribedHandler } from '../../audit/describe-access.js';
import type { CallArguments } from './hold-options.interface.js';
import type { ProbedCall } from './probed-call.js';

/** The organization that a call names, by id for some sources and by name for others. */
export interface NamedOrg {
  readonly orgId: string;
  readonly urlSafeOrgName: string;
}

/** The credentials of a caller, independent of the transport. */
export interface Credentials {
  /** Access tokens of users or MCP clients. Calls with more than one are rejected. */
  readonly tokens: readonly string[];
  /** The cookie with the access tokens. Default: none; they are in the standard place of the transport. */
  readonly tokenCookie?: string;
  readonly apiKey?: string;
  /** Step-up grants, by header. */
  readonly grants?: Readonly<Record<string, string>>;
  /** The body and headers of a signed event. */
  readonly webhook?: { readonly body: string; readonly headers: Readonly<Record<string, string>> };
}

/** A caller that the rule of a handler distinguishes from others. */
export interface TestCaller {
  /** The caller in words, after "allows" and "rejects", such as `a user whose token has expired`. */
  readonly what: string;
  /** Whether the described access allows the caller. */
  readonly mayCall: boolean;
  readonly credentials: Credentials;
  /** The organization for each source of the handler, in their order. Default: {@link CallParts.org} for every source. */
  readonly orgs?: NamedOrgs;
}

/** The organization for each source of a handler, in their order; `undefined` if the call names none there. */
export type NamedOrgs = readonly (NamedOrg | undefined)[];

/** The inputs for a call of an entry point. */
export interface CallParts {
  readonly credentials: Credentials;
  readonly org: NamedOrg;
  /** The organization for each source, in their order. Default: {@link CallParts.org} for every source. */
  readonly orgs?: NamedOrgs;
  /** The arguments from the application, which override made-up ones. */
  readonly given: CallArguments;
}

/** One way to call one handler. */
export interface EntryPoint {
  readonly handler: DescribedHandler;
  /**
   * The name in findings: that of the description, with a suffix if a handler has several entry points, such as `GET /reports (version 2)`.
   */
  readonly name: string;
  /** The version of the route; see `CallCredentials`. */
  readonly version?: string;
  /** Whether only the application knows where calls carry a token. Then callers with two tokens are left out. */
  readonly takesOneToken?: boolean;
  /** Another entry point of the handler, such as `HEAD` for a `GET` route. Only callers without credentials are tested there. */
  readonly sideEntrance?: EntryPoint;
  /**
   * Calls the handler.
   *
   * @returns how far the call came, and the response in words, such as `404 Not Found`
   * @throws {CannotCall} if something is missing that only the application knows
   */
  call(parts: CallParts): Promise<CallResult>;
}

/** A difference from the description: the rest of a sentence that begins with the handler's name, and the advice. */
interface CallFault {
  readonly problem: string;
  readonly advice: string;
}

export interface CallResult {
  readonly call: ProbedCall;
  /** The response in words, such as `404 Not Found`; `undefined` if the call has no client. */
  readonly response?: string;
  /** Set if there was no response in time. Then no other caller is tried. */
  readonly isUnanswered?: true;
  /** Another fault that the call shows, independent of the caller. */
  readonly fault?: CallFault;
}

/**
 * The handler cannot be called. The message is the rest of a sentence that begins with the handler's name, and says what `toHold()` needs.
 */
export class CannotCall extends Error {}

/** The entry points of one transport. */
export interface EntryPointSource {
  /** The entry points of the handlers that this transport serves. Other handlers are ignored. */
  entryPoints(handlers: readonly DescribedHandler[]): EntryPoint[];
}
