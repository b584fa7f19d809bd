import type { IntrospectionCredentials } from '../../options/introspection-credentials.js';
import type { ResolvedMcpOptions } from '../../options/mcp-options.js';
import type { McpAccount, McpAccounts } from './mcp-accounts.js';

// Without the types of oidc-provider, which is optional: the declarations of the package lead here.

/** What the authorization server is made of. */
export interface AuthorizationServerParts {
  /** The URL of the application. */
  readonly origin: string;
  readonly mcp: ResolvedMcpOptions;
  readonly credentials: IntrospectionCredentials;
  readonly accounts: McpAccounts;
  /** Signs cookies. */
  readonly cookieKey: string;
  /** Distinguishes the cookies of projects: browsers send cookies to all servers of a hostname, whatever their ports. */
  readonly projectId: string;
}

/** The request of a client that waits for a user. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly clientName: string | undefined;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
}

/** What a user allows a client. */
export interface Authorization {
  readonly account: McpAccount;
  /** Of the scopes that the client asked for. */
  readonly scopes: readonly string[];
}
