/**
 * A decision of the guard about one call, for {@link PropelAuthModuleOptions.onDecision}. It contains no token.
 *
 * @publicApi
 */
export interface AccessDecisionEvent {
  /** Whether the call was allowed. */
  readonly allowed: boolean;
  /** Why the call was rejected: one of {@link RejectionReason}, or `error` for an unexpected error. */
  readonly reason?: string;
  /**
   * The error, if the reason is `error`, `keys_unavailable` or `propelauth_unavailable`. Its message is for logs and contains no token or
   * key.
   */
  readonly cause?: unknown;
  /** The credential of the caller, or the name of one of your own kinds; absent without a verified caller. */
  readonly credential?:
    | 'access-token'
    | 'api-key'
    | 'mcp-token'
    | 'webhook-signature'
    | (string & Record<never, never>);
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
}

/** The decision and its caller, without the route. */
export type DecisionOutcome = Omit<AccessDecisionEvent, 'route'>;

/**
 * The route that a decision was about.
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
