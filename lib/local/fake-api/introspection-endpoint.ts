import type { IncomingHttpHeaders } from 'node:http';
import type { TestIssuer } from '../issuer/test-issuer.js';
import { ok, type BackendResponse } from './backend-response.js';

/** Where PropelAuth introspects tokens of MCP clients: below the auth URL. */
export const INTROSPECTION_PATH = '/oauth/2.1/introspect';

/** What introspection takes: credentials of its own, and a form. */
export interface IntrospectionRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Token introspection as PropelAuth responds (RFC 7662, section 2). */
export function introspect(
  { introspection: { clientId, clientSecret }, mcpTokens }: TestIssuer,
  { headers, body }: IntrospectionRequest,
): BackendResponse {
  const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  if (headers.authorization !== `Basic ${credentials}`) {
    return {
      ...failure(
        401,
        'invalid_client',
        'The Authorization header is not "Basic" and issuer.introspection',
      ),
      headers: { 'www-authenticate': 'Basic realm="introspection"' },
    };
  }
  const token = isForm(headers) ? new URLSearchParams(body).get('token') : null;
  if (token === null) {
    return failure(400, 'invalid_request', 'The body is not a form with the parameter token');
  }
  if (mcpTokens.isForAnyResource(token)) {
    return failure(
      400,
      'invalid_request',
      'The token is for no resource. Create it with mcpToken(user, { resource }), the mcp.resource of the application',
    );
  }
  return ok(mcpTokens.introspect(token, undefined));
}

function isForm(headers: IncomingHttpHeaders): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase() === 'application/x-www-form-urlencoded';
}

function failure(status: number, error: string, description: string): BackendResponse {
  return { status, body: { error, error_description: description } };
}
