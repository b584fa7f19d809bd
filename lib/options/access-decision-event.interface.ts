/**
 * A decision of the guard about one call, for {@link PropelAuthModuleOptions.onDecision}. It contains no token.
 *
 * @publicApi
 */
export interface AccessDecisionEvent {
  /** When the guard decided. */
  readonly time: Date;
  /** Whether the call was allowed. */
  readonly allowed: boolean;
  /** Why the call was rejected: one of {@link RejectionReason}, or `error` for an unexpected error. */
  readonly reason?: string;
  /** The rule of the application that denied the call, and its code; only for the reason `rule_denied`. */
  readonly denial?: { readonly rule: string; readonly code: string };
  /**
   * The error, if the reason is `error` or its status is 503. Its message is for logs and contains no token or
   * key.
   */
  readonly cause?: unknown;
  /** The credential of the caller, or the name of one of your own kinds; absent without a verified caller. */
  readonly credential?: 'access-token' | 'api-key' | 'mcp-token' | (string & Record<never, never>);
  /** Only for your own kinds of callers: the name and the key of the caller, such as `service:billing`, if the caller has a key. */
  readonly callerKey?: string | undefined;
  /** The id of the verified user; for an API key the user who created it, for an MCP token the user who authorized the client. */
  readonly userId?: string;
  /** The id of the MCP client; only for an MCP token. */
  readonly clientId?: string;
  /** The id of the employee who impersonates the user, if any. */
  readonly impersonatorUserId?: string;
  /**
   * The id of the organization that the rules were checked against, if the caller is a member of it. For an API key or MCP token without
   * such rules, its own organization.
   */
  readonly orgId?: string;
  /** The handler that was called. */
  readonly route: AccessedRoute;
  /**
   * The rules of the handler in words, such as `Admin and above of the org in path orgId`, as in the `summary` of `describeAccess()`.
   * Absent if the call failed before its rules were known.
   */
  readonly rule?: string;
  /**
   * The IP address of the client, without its port: what the HTTP adapter's option to trust proxies makes of it; over a connection, that
   * of the request or socket that opened it. Absent for messages of microservices, and for what is not an IP address.
   */
  readonly address?: string;
  /**
   * The `id` of the request, as Fastify or a middleware of the application, such as `pino-http`, has set it. No header is read: clients
   * choose `X-Request-Id`. At most 128 visible ASCII characters; absent for other ids.
   */
  readonly requestId?: string;
  /** The OpenTelemetry span that is active, with the plugin `telemetry()`. Else what the client's `traceparent` header says, if it is valid. */
  readonly trace?: CallTrace;
}

/** The decision and its caller, without the call that it is about. */
export type DecisionOutcome = Omit<AccessDecisionEvent, keyof DecidedCall>;

/** The properties of an event that are about the call, and cost something to find. */
export type DecidedCall = Pick<
  AccessDecisionEvent,
  'time' | 'route' | 'rule' | 'address' | 'requestId' | 'trace'
>;

/**
 * A place in a trace, by the ids of W3C Trace Context: hexadecimal digits in lower case.
 *
 * @publicApi
 */
export interface CallTrace {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits. */
  readonly spanId: string;
}

/**
 * The route that a decision was about.
 *
 * @publicApi
 */
export interface AccessedRoute {
  /** The name of the class: controller, resolver or gateway. */
  readonly controller: string;
  /** The name of its method. */
  readonly handler: string;
  /** The HTTP method of a route. */
  readonly method?: string;
  /** The path of a route as it was registered, such as `/orgs/:orgId`. */
  readonly path?: string;
  /** The tool, resource or prompt that an MCP client called, if known: `tool list_reports`, as in `describeAccess()`. */
  readonly mcp?: string;
}
