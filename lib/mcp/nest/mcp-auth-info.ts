import type { McpToken } from '../../index.js';
import { type Call, nodeRequestOf } from '../../extend.js';

/** What the MCP SDK hands to tools as `authInfo`: its type `AuthInfo`. */
interface AuthInfo {
  /** The SDK requires a text. It is empty: a server must not pass the token of its client on (MCP specification, "Token Passthrough"). */
  readonly token: '';
  readonly clientId: string;
  readonly scopes: string[];
  /** In seconds since 1970. */
  readonly expiresAt: number;
  readonly resource: URL;
  readonly extra: { readonly userId: string; readonly orgId?: string };
}

/**
 * Sets `auth` on the request of Node.js, where the MCP SDK reads it. A value that another library has left there is replaced, because tools
 * would take it for that of the caller.
 *
 * @param resource `mcpServer.resource`
 * @throws {TypeError} when the property cannot be set; then the call must not go on
 */
export function leaveAuthInfo(
  { httpRequest: request }: Call,
  token: McpToken,
  resource: string,
): void {
  if (request === undefined) return;
  Object.defineProperty(nodeRequestOf(request), 'auth', {
    value: authInfoOf(token, resource),
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

/** A copy, since tools can change it. */
function authInfoOf(
  { clientId, scopes, expiresAt, userId, orgId }: McpToken,
  resource: string,
): AuthInfo {
  return {
    token: '',
    clientId,
    scopes: [...scopes],
    expiresAt,
    resource: new URL(resource),
    extra: { userId, ...(orgId !== undefined && { orgId }) },
  };
}
