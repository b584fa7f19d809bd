import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const METADATA = '/.well-known/oauth-protected-resource/mcp';

/**
 * Starts an MCP server with the tool `read`, which needs the scope `read:reports`, and `write`, which needs `write:reports`. It asks the
 * emulator about tokens, as RFC 7662 says.
 */
export async function startMcpServer({ issuer }) {
  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return { url: `http://localhost:${server.address().port}/mcp`, close: () => server.close() };

  async function respond(request, response) {
    const origin = `http://${request.headers.host}`;
    if (request.url === METADATA) {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          resource: `${origin}/mcp`,
          authorization_servers: [`${issuer.authUrl}/oauth/2.1`],
          scopes_supported: ['read:reports'],
        }),
      );
      return;
    }
    const token = await introspect(request.headers.authorization, `${origin}/mcp`);
    const challenge = (error, scope) =>
      `Bearer error="${error}", scope="${scope}", resource_metadata="${origin}${METADATA}"`;
    if (token === undefined) {
      response
        .writeHead(401, { 'www-authenticate': challenge('invalid_token', 'read:reports') })
        .end();
      return;
    }
    const body = request.method === 'POST' ? await json(request) : undefined;
    const needed = body?.params?.name === 'write' ? 'write:reports' : 'read:reports';
    if (!token.scope.split(' ').includes(needed)) {
      response
        .writeHead(403, { 'www-authenticate': challenge('insufficient_scope', needed) })
        .end();
      return;
    }
    const mcp = new McpServer({ name: 'reports', version: '1.0.0' });
    const answer = () => ({ content: [{ type: 'text', text: `for ${token.username}` }] });
    mcp.registerTool('read', {}, answer);
    mcp.registerTool('write', {}, answer);
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    await mcp.connect(transport);
    await transport.handleRequest(request, response, body);
  }

  async function introspect(authorization = '', resource) {
    const { clientId, clientSecret } = issuer.introspection;
    const answer = await fetch(`${issuer.authUrl}/oauth/2.1/introspect`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ token: authorization.replace(/^Bearer /, '') || 'none' }),
    });
    const token = await answer.json();
    return token.active && token.aud === resource ? token : undefined;
  }
}
