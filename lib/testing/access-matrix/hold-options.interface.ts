import type { HandlerDescription } from '../../audit/describe-access.js';

/**
 * The arguments of a call of `toHold()` that it cannot make up.
 *
 * @example
 * ```ts
 * const sent: CallArguments = { params: { id: 'invoice-1' } };
 * ```
 *
 * @publicApi
 */
export interface CallArguments {
  /** The path parameters of a route. Default: the organization if a source reads it, otherwise `1`. */
  readonly params?: Readonly<Record<string, string>>;
  /** The query parameters of a route. Default: those that organization sources read. */
  readonly query?: Readonly<Record<string, string>>;
  /** Further headers of the request or of the handshake, such as a version or the access token that a `tokenSource` reads. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of a route. Default: the properties that organization sources read. */
  readonly body?: unknown;
  /** The arguments of a GraphQL operation or field. Default: the required ones, made up from their types. */
  readonly args?: Readonly<Record<string, unknown>>;
  /**
   * The data of a message or gateway event, or the arguments of an MCP tool. Default: the properties that organization sources read. They
   * are also added to an object that you return.
   */
  readonly data?: unknown;
  /**
   * The context of a message: the result of `switchToRpc().getContext()`, such as a `NatsContext`. Default: an empty context; for gRPC,
   * metadata with {@link CallArguments.headers}.
   */
  readonly context?: unknown;
}

/**
 * The credentials that a call of `toHold()` has to contain. {@link HoldOptions.argsFor} puts them where the application reads them.
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
  /** The id of the organization that the call has to name. */
  readonly orgId: string;
  /** The version of the route, if your own extractor finds versions; otherwise `undefined`. */
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
   * test. Default: none. If several handlers share a name, use the class and method as well: `GET /reports (ReportsController.list)`. An
   * unknown name is reported.
   */
  readonly except?: readonly string[];
  /**
   * Returns the id of the organization of a call, for handlers whose organization your own source looks up: in a database, by the arguments
   * that {@link HoldOptions.argsFor} returns. Default: an organization that `toHold()` makes up.
   *
   * @param handler the handler
   * @returns the id; `undefined` for the default
   */
  readonly orgFor?: (handler: HandlerDescription) => string | undefined;
  /**
   * Returns the arguments of a call, for handlers that need more than `toHold()` can make up, and for messages, whose access token is where
   * your `tokenSource` reads it.
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
