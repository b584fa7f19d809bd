import { HttpStatus } from '@nestjs/common';
import type { RejectionReason } from '../index.js';
import { REJECTIONS } from '../extend.js';

/** What a challenge tells the client of an MCP server. None of it is from the request, the token or an answer of PropelAuth. */
interface McpChallengeOptions {
  /** The scopes to ask for; they are those of the decorators and options. */
  readonly scopes: readonly string[];
  /** Where the client finds out who issues tokens. */
  readonly metadataUrl: string;
}

/**
 * The `WWW-Authenticate` header of a rejected call of an MCP client.
 *
 * A 401 tells where to get a token, and for which scopes. A missing scope tells for which scopes to get another token. Any other 403 has no
 * challenge: clients that read `insufficient_scope` would keep asking for scopes, which don't help.
 *
 * @returns `undefined` for a call that another token would not help
 * @see MCP specification 2026-07-28, "Authorization", "Error Handling"; RFC 6750, section 3; RFC 9728, section 5.1
 */
export function mcpChallenge(
  reason: RejectionReason,
  { scopes, metadataUrl }: McpChallengeOptions,
): string | undefined {
  const isUnauthenticated = REJECTIONS[reason].status === HttpStatus.UNAUTHORIZED;
  if (!isUnauthenticated && reason !== 'scope_missing') return undefined;
  const parameters = Object.entries({
    error: isUnauthenticated ? errorOf(reason) : 'insufficient_scope',
    // Without this parameter, clients ask for all scopes of the metadata.
    scope: scopes.length > 0 ? scopes.join(' ') : undefined,
    resource_metadata: metadataUrl,
  }).filter((parameter): parameter is [string, string] => parameter[1] !== undefined);
  return `Bearer ${parameters.map(([name, value]) => `${name}=${quote(value)}`).join(', ')}`;
}

/** RFC 6750, section 3.1: no error code for a request that did not try to authenticate. */
function errorOf(reason: RejectionReason): string | undefined {
  return reason === 'mcp_token_missing' ? undefined : 'invalid_token';
}

/** RFC 9110, section 5.6.4. Characters that a header cannot hold are written as in URLs. */
function quote(text: string): string {
  const printable = text
    .replaceAll(/\p{Surrogate}/gu, '')
    .replaceAll(/[^\x20-\x7e]/gu, encodeURIComponent);
  return `"${printable.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
