import type { AccessMode } from '../rules/handler-access.js';
import type { OrgRequirement } from '../rules/org/org-requirement.js';
import type { ApiKeyKind } from '../types/api-key.js';

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
  /** Who may call the handler, before its further rules. */
  readonly access: AccessMode;
  /** The only kind of API key that is accepted; absent if all kinds are. */
  readonly apiKeyKind?: ApiKeyKind;
  /** What the metadata of an API key has to say, all of them, in words; absent without such a rule. */
  readonly apiKeyMetadata?: readonly string[];
  /** Whether employees who impersonate a user are rejected. */
  readonly deniesImpersonation: boolean;
  /** The rules about the organization. All of them have to pass. */
  readonly orgRules: readonly OrgRequirement[];
  /** Where a call names the organization, such as `path orgId`. All places have to name the same one. */
  readonly orgSources: readonly string[];
  /** The kinds of action for which the user needs a step-up grant. */
  readonly stepUpActions: readonly string[];
  /** The scopes that the token of an MCP client needs, all of them. */
  readonly scopes: readonly string[];
  /** Set if the caller needs an account: the handler has `@CurrentAccount()`. */
  readonly requiresAccount?: true;
  /** The name of the class that `@Public({ guardedBy })` names: the guard of the application that protects the handler. */
  readonly guardedBy?: string;
  /**
   * Set if calls name an organization in a place that no rule reads, or if a decorator has the option `uncheckedOrg`. `sources` lists these
   * places, such as `path orgId`; it is empty if nothing shows them. `isMeant` is the option; startup warns of all others.
   */
  readonly uncheckedOrg?: { readonly isMeant: boolean; readonly sources: readonly string[] };
  /** A summary of these rules, such as `Admin and above of the org in path orgId, not impersonated`. */
  readonly summary: string;
}
