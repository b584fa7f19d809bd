import { createHmac } from 'node:crypto';
import { SECRET, type McpApplication } from './mcp-application.js';

/** The credentials of the local PropelAuth, which another resource server would have in its options. */
export const CREDENTIALS = {
  id: 'local-mcp-server',
  secret: createHmac('sha256', SECRET).update('mcp introspection').digest('base64url'),
};

/** Asks the introspection endpoint about a token, as the package asks PropelAuth. */
export function introspect(
  { origin }: McpApplication,
  token: string,
  authorization: string | null = basic(CREDENTIALS.id, CREDENTIALS.secret),
): Promise<Response> {
  return fetch(`${origin}/oauth/2.1/introspect`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization !== null && { authorization }),
    },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
  });
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}
