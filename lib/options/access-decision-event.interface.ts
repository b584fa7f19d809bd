/**
 * A decision of the guard about one call, for {@link PropelAuthModuleOptions.onDecision}. It holds no token.
 *
 * @publicApi
 */
export interface AccessDecisionEvent {
  /** Whether the call was let through. */
  readonly allowed: boolean;
  /** Why it was not: one of {@link RejectionReason}, or `error` when something broke that is no refusal. */
  readonly reason?: string;
  /**
   * What went wrong, where the reason is `error`, `keys_unavailable` or `propelauth_unavailable`: an error with a message for logs, and
   * without a token or key.
   */
  readonly cause?: unknown;
  /** What the caller is known by; absent while there is no verified caller. */
  readonly credential?: 'access-token' | 'api-key' | 'mcp-token' | 'webhook-signature';
  /** The verified caller, if there is one; of an API key the user who made it, of an MCP token the user who authorized the client. */
  readonly userId?: string;
  /** The id of the MCP client; only for an MCP token. */
  readonly clientId?: string;
  /** The employee who impersonates the caller, if there is one. */
  readonly impersonatorUserId?: string;
  /**
   * The organization that the rules were checked against, where the caller is a member of it; of an API key or MCP token without such
   * rules its own.
   */
  readonly orgId?: string;
  /** What was called. */
  readonly route: AccessedRoute;
}

/** What was decided, and about whom, without what was called. */
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
  /** What an MCP client called, if that is known: `tool list_reports`, as `describeAccess()` names it. */
  readonly mcp?: string;
}
