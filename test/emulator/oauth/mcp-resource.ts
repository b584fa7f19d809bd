import { introspect, RESOURCE, SCOPES, type McpProject } from './mcp-project.js';

const METADATA_URL = 'https://api.example.com/.well-known/oauth-protected-resource/mcp';

/** What a resource server knows of a token. */
interface KnownToken {
  readonly active: boolean;
  readonly scope?: string;
  readonly aud?: string;
}

/** An MCP server, as far as authorization needs one. `/mcp` needs the first scope, and `/mcp/write` the second. */
export async function resourceServer(project: McpProject, request: Request): Promise<Response> {
  if (request.url === METADATA_URL) {
    return Response.json({
      resource: RESOURCE,
      authorization_servers: [`${project.origin}/oauth/2.1`],
      scopes_supported: SCOPES,
      bearer_methods_supported: ['header'],
    });
  }
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith('/mcp')) return new Response(null, { status: 404 });
  const needed = pathname === '/mcp/write' ? SCOPES[1] : SCOPES[0];
  const [, token] = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '') ?? [];
  if (token === undefined) return challenge(401, `scope="${needed}"`);
  const known = (await (await introspect(project, token)).json()) as KnownToken;
  if (!known.active || known.aud !== RESOURCE) return challenge(401, 'error="invalid_token"');
  if (known.scope?.split(' ').includes(needed as string)) return Response.json(known);
  return challenge(403, `error="insufficient_scope", scope="${SCOPES.join(' ')}"`);
}

function challenge(status: number, parameters: string): Response {
  return new Response(null, {
    status,
    headers: { 'www-authenticate': `Bearer ${parameters}, resource_metadata="${METADATA_URL}"` },
  });
}
