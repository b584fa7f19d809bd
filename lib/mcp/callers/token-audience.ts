import type { Introspection } from './introspection.js';
import { withoutTrailingSlash } from '../mcp-resource.js';
import { loggable } from '../../extend.js';

/**
 * Whether a token was issued for a resource: `aud` and `resource` name it, or the only one of them that there is. A slash at the end makes
 * no difference.
 */
export function isIssuedFor(resource: string, introspection: Introspection): boolean {
  const own = withoutTrailingSlash(resource);
  const audiences = audiencesOf(introspection);
  return (
    audiences.length > 0 &&
    audiences.every((audience) => audience.some((name) => withoutTrailingSlash(name) === own))
  );
}

/** The log message about a token that was issued for another resource. Clients choose the resource that they request. */
export function describeMismatch(resource: string, introspection: Introspection): string {
  const audiences = audiencesOf(introspection);
  if (audiences.length === 0) {
    return (
      'PropelAuth returned an MCP token without aud and resource, so the token is rejected with 401. If this happens to ' +
      'all your MCP clients, ask PropelAuth to return the resource from token introspection.'
    );
  }
  const names = audiences.map((audience) => audience.join(' ') || 'none').join(', ');
  return (
    `mcpServer.resource is ${resource}, so an MCP token for another resource is rejected with 401. If one of your MCP clients ` +
    `sent it, set mcpServer.resource to the URL that the client connects to. The token is for: ${loggable(names)}`
  );
}

function audiencesOf({ aud, resource }: Introspection): (readonly string[])[] {
  return [aud, resource].filter((audience) => audience !== undefined);
}
