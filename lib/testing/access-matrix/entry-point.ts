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
  /** In words, behind "lets in" and "rejects", such as `a user whose token has expired`. */
  readonly what: string;
  /** Whether the described access lets the caller in. */
  readonly mayCall: boolean;
  readonly credentials: Credentials;
}

/** What a call of an entry point is made of. */
export interface CallParts {
  readonly credentials: Credentials;
  readonly org: NamedOrg;
  /** What the application says is sent; it goes before what is made up. */
  readonly given: CallArguments;
}

/** One way to one handler. */
export interface EntryPoint {
  readonly handler: DescribedHandler;
  /** As findings name it: that of the description, and more where a handler has several ways, such as `GET /reports (version 2)`. */
  readonly name: string;
  /**
   * Calls it.
   *
   * @returns how far the call came, and what the client got in words, such as `404 Not Found`
   */
  call(parts: CallParts): Promise<CallResult>;
}

export interface CallResult {
  readonly call: ProbedCall;
  /** What the client got, in words; `undefined` where there is no client. */
  readonly response?: string;
}

/** A transport, and the ways that it has to the handlers of the application. */
export interface EntryPointSource {
  /** The entry points of those of the handlers that this transport has. */
  entryPoints(handlers: readonly DescribedHandler[]): EntryPoint[] | Promise<EntryPoint[]>;
  /** Frees what the calls needed. */
  close(): Promise<void>;
}
