import type { HandlerDescription } from '../../audit/describe-access.js';

/**
 * What `toHold()` sends with a call, where it cannot make it up.
 *
 * @example
 * ```ts
 * const sent: CallArguments = { params: { id: 'invoice-1' } };
 * ```
 *
 * @publicApi
 */
export interface CallArguments {
  /** The path parameters of a route. Default: the organization where a source reads it, elsewhere `1`. */
  readonly params?: Readonly<Record<string, string>>;
  /** The query parameters of a route. Default: those that sources of organizations read. */
  readonly query?: Readonly<Record<string, string>>;
  /** Further headers of the request or of the handshake, such as a version or the access token that a `tokenSource` reads. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of a route. Default: what sources of organizations read. */
  readonly body?: unknown;
  /** The arguments of a GraphQL operation or field. Default: the required ones, made up by their types. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** The data of a message or gateway event, or the arguments of an MCP tool. Default, and added to an object: what sources of organizations read. */
  readonly data?: unknown;
  /**
   * The context of a message: what `switchToRpc().getContext()` returns, such as a `NatsContext`. Default: one without anything of a
   * transport; for gRPC, metadata of {@link CallArguments.headers}.
   */
  readonly context?: unknown;
}

/**
 * What a call of `toHold()` has to contain. {@link HoldOptions.argsFor} puts it where the application reads it.
 *
 * @example
 * ```ts
 * const inData = ({ token }: CallCredentials): CallArguments => ({ data: { accessToken: token } });
 * ```
 *
 * @publicApi
 */
export interface CallCredentials {
  /** The access token of the caller; `undefined` for a caller without one. */
  readonly token?: string;
  /** The organization that the call has to name. */
  readonly orgId: string;
  /** The version of the route that the call is for, where versions are found by an extractor of your own; else `undefined`. */
  readonly version?: string;
}

/**
 * The options of `expectAccess(app).toHold()`.
 *
 * @example
 * ```ts
 * const options: HoldOptions = {
 *   except: ['GET /metrics'],
 *   argsFor: ({ name }) => (name === 'GET /invoices/:id' ? { params: { id: 'invoice-1' } } : undefined),
 * };
 * ```
 *
 * @publicApi
 */
export interface HoldOptions {
  /**
   * The names of handlers that are not called, such as `GET /metrics`: those that are open on purpose, and those that cannot be called in a
   * test. Default: none. Where several handlers have a name, write the class and method of each that you mean: `GET /reports (ReportsController.list)`. A
   * name that no handler has is reported.
   */
  readonly except?: readonly string[];
  /**
   * The id of the organization to which a call belongs, for handlers whose organization a source of your own finds: in a database, by the
   * arguments that {@link HoldOptions.argsFor} returns. Default: an organization that `toHold()` makes up.
   *
   * @param handler the handler
   * @returns the id; `undefined` for the default
   */
  readonly orgFor?: (handler: HandlerDescription) => string | undefined;
  /**
   * What is sent with a call, for handlers that need more than `toHold()` can make up, and for messages, whose access token is where your
   * `tokenSource` reads it.
   *
   * @param handler the handler
   * @param credentials the access token and the organization of this call; see {@link CallCredentials}
   * @returns the arguments; `undefined` for the default
   */
  readonly argsFor?: (
    handler: HandlerDescription,
    credentials: CallCredentials,
  ) => CallArguments | undefined;
}
