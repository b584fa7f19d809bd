import type { DescribedHandler } from '../../audit/describe-access.js';
import type { CallArguments } from './hold-options.interface.js';
import type { ProbedCall } from './probed-call.js';

/** An organization that a call names: sources that read an id find it, and sources that read a name. */
export interface NamedOrg {
  readonly orgId: string;
  readonly urlSafeOrgName: string;
}

/** What a caller shows for proof, apart from where each transport has it. */
export interface Credentials {
  /** Access tokens of users, or of MCP clients; more than one only to be rejected. */
  readonly tokens: readonly string[];
  readonly apiKey?: string;
  /** Grants by the header that brings them. */
  readonly grants?: Readonly<Record<string, string>>;
  /** A signed event: a body with its headers. */
  readonly webhook?: { readonly body: string; readonly headers: Readonly<Record<string, string>> };
}

/** A kind of caller that the rule of a handler distinguishes from others. */
export interface TestCaller {
  /** In words, after "allows" and "rejects", such as `a user whose token has expired`. */
  readonly what: string;
  /** Whether the described access allows the caller. */
  readonly mayCall: boolean;
  readonly credentials: Credentials;
  /** What each organization source of the handler finds, in their order, of a caller who does not name the same in all; see {@link CallParts}. */
  readonly orgs?: NamedOrgs;
}

/** What each organization source of a handler finds, in their order; `undefined` where the call has nothing. */
export type NamedOrgs = readonly (NamedOrg | undefined)[];

/** What a call of an entry point is made of. */
export interface CallParts {
  readonly credentials: Credentials;
  readonly org: NamedOrg;
  /** What each organization source finds, in their order. Default: {@link CallParts.org} in every one. */
  readonly orgs?: NamedOrgs;
  /** What the application says is sent; it goes before what is made up. */
  readonly given: CallArguments;
}

/** One way to one handler. */
export interface EntryPoint {
  readonly handler: DescribedHandler;
  /** As findings name it: that of the description, and more where a handler has several ways, such as `GET /reports (version 2)`. */
  readonly name: string;
  /** The version of the route that it calls; see `CallCredentials`. */
  readonly version?: string;
  /** Whether its calls have only the place for a token that the application says, so that callers with two are left out. */
  readonly takesOneToken?: boolean;
  /** Another way to the handler, for which only rejections of callers without credentials are tested: `HEAD` for a route of `GET`. */
  readonly sideEntrance?: EntryPoint;
  /**
   * Calls it.
   *
   * @returns how far the call came, and what the client got in words, such as `404 Not Found`
   * @throws {CannotCall} when something is missing that only the application knows
   */
  call(parts: CallParts): Promise<CallResult>;
}

/** A difference from the description: the rest of a sentence that begins with the name of the handler, and what to look at. */
interface CallFault {
  readonly problem: string;
  readonly advice: string;
}

export interface CallResult {
  readonly call: ProbedCall;
  /** What the client got, in words such as `404 Not Found`; `undefined` where there is no client. */
  readonly response?: string;
  /** Set when the client got no answer in time. No other caller is tried then. */
  readonly isUnanswered?: true;
  /** What else the call shows to be wrong, whoever calls. */
  readonly fault?: CallFault;
}

/** Why a handler cannot be called, and what to give `toHold()` so that it can: the rest of a sentence that begins with its name. */
export class CannotCall extends Error {}

/** A transport, and the ways that it has to the handlers of the application. */
export interface EntryPointSource {
  /** The entry points of those of the handlers that this transport has. */
  entryPoints(handlers: readonly DescribedHandler[]): EntryPoint[];
}
