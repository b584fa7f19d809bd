import type { AccessMode } from '../rules/handler-access.js';

/**
 * One handler and its access rules: an HTTP route, GraphQL operation or field, gateway event, message or MCP tool.
 *
 * @publicApi
 */
export interface HandlerDescription {
  /** The transport of the handler. */
  readonly transport: 'http' | 'graphql' | 'websocket' | 'rpc' | 'mcp';
  /**
   * The name that clients use: `GET /orgs/:orgId` over HTTP, `Query.reports` and `User.email` in GraphQL (`User.__resolveReference` for a
   * reference resolver), `event list` for `@SubscribeMessage('list')`, `message sum` for `@MessagePattern('sum')` and
   * `@EventPattern('sum')`. A pattern that is an object is shown as JSON, a gRPC method as `message MathService/Sum`. For
   * `@rekog/mcp-nest`: `tool list_reports`, `resource docs://readme`, `resource template docs://{name}` and `prompt summarize`.
   */
  readonly name: string;
  /** The HTTP method of a route, such as `GET`; `ALL` for every method. */
  readonly method?: string;
  /** The registered path of a route, with the global prefix, versions and module paths, such as `/api/v1/orgs/:orgId`. */
  readonly path?: string;
  /** The name of the class: a controller, resolver or gateway. */
  readonly controller: string;
  /** The name of its method. */
  readonly handler: string;
  /** Whom the handler asks for a credential, before its further rules. */
  readonly access: AccessMode;
  /**
   * The accepted kinds of callers, by name: `{ user: 'any', 'api-key': 'org' }`. The value names the only callers of the kind that are accepted,
   * such as keys of organizations.
   */
  readonly callers: Readonly<Record<string, string>>;
  /**
   * What callers have to meet, all of it, by the type of rules:
   * - `org`: `in`, the places where a call names the organization, and `requires`, the `OrgRequirement`s
   * - `scope` and `metadata`: scopes, or rules in words, by the kind of callers that needs them; `*` for all kinds
   * - `impersonation`: `true` where employees who impersonate a user are rejected
   * - `account`: `true` where callers need an account
   * - `step-up`: the actions for which the user needs a grant, each with the header that brings it
   */
  readonly rules: Readonly<Record<string, unknown>>;
  /**
   * Set if calls name an organization in a place that no rule reads, or if a decorator has the option `uncheckedOrg`. `sources` lists these
   * places, such as `path orgId`; it is empty if nothing shows them. `isMeant` is the option; startup warns of all others.
   */
  readonly uncheckedOrg?: { readonly isMeant: boolean; readonly sources: readonly string[] };
  /** A summary of these rules, such as `Admin and above of the org in path orgId, not impersonated`. */
  readonly summary: string;
}
