import type { ApiKey } from './api-key.js';
import type { DeclaredCallers } from './declared-types.js';
import type { PropelAuthTypes } from './propel-auth-types.interface.js';
import type { User } from './user.js';
import type { McpToken } from './mcp-token.interface.js';

/**
 * What a kind of callers says about one of its callers.
 *
 * @publicApi
 */
export interface DescribedCaller {
  /** The id of the user. For an API key, the user who created it, if any. */
  readonly userId?: string;
  /** The organization that the token is scoped to, or to which the API key belongs, if any. */
  readonly orgId?: string;
  /** The user of an access token. For an MCP token, only if the rules or parameters of the handler need the user. */
  readonly user?: User;
  /** PropelAuth's validation of the API key. */
  readonly apiKey?: ApiKey;
  /** PropelAuth's introspection of the MCP token. */
  readonly mcp?: McpToken;
  /** A caller of one of the application's own kinds, as `identify()` of the kind returned it. */
  readonly identity?: object;
}

/** The callers of each of the application's own kinds. */
type OwnCaller = {
  [Kind in keyof DeclaredCallers]: DescribedCaller & {
    readonly kind: Kind;
    readonly identity: DeclaredCallers[Kind];
  };
}[keyof DeclaredCallers];

/**
 * The caller of a request, by its `kind`: a user with an access token, a script with an API key, an MCP client, or a caller of one of your
 * own kinds, as {@link PropelAuthTypes} declares them. `@CurrentCaller()` and {@link PropelAuthService.identify} return it.
 *
 * @example
 * ```ts
 * function nameOf(caller: Caller) {
 *   return caller.kind === 'user' ? caller.user.email : caller.kind;
 * }
 * ```
 *
 * @publicApi
 */
export type Caller = {
  /** What {@link PropelAuthService.callerKey} returns for the caller; `undefined` if `key()` of an own kind returns nothing. */
  readonly key?: string;
} & (
  | (DescribedCaller & { readonly kind: 'user'; readonly user: User })
  | (DescribedCaller & { readonly kind: 'api-key'; readonly apiKey: ApiKey })
  | (DescribedCaller & { readonly kind: 'mcp'; readonly mcp: McpToken })
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- the application declares them
  | OwnCaller
);

/**
 * A kind of callers: users with an access token (`user`), scripts with an end-user API key (`api-key`), MCP clients with a token for the plugin
 * `mcpServer()` (`mcp`), or one of your own kinds, as {@link PropelAuthTypes} declares them. Default: any string.
 *
 * @publicApi
 */
export type CallerKindName =
  PropelAuthTypes extends Record<'callers', object> ? Caller['kind'] : string;
