import type { SecuritySchemeDescription } from '../guard/guard-extension.js';
import type { McpServerOptions } from './mcp-options.js';

/**
 * The OpenAPI security scheme of MCP clients. It is not OAuth2: Swagger UI would offer to sign in, but cannot
 * name the resource of the token. Instead it has a field for a token that an MCP client got.
 */
export function createMcpScheme(
  authUrl: string,
  { resource, scopes, metadataUrl }: Pick<McpServerOptions, 'resource' | 'scopes' | 'metadataUrl'>,
): SecuritySchemeDescription {
  return {
    type: 'http',
    scheme: 'bearer',
    description:
      `An access token that \`${authUrl}/oauth/2.1\` issued to an MCP client for \`${resource}\`. ` +
      `[${metadataUrl}](${metadataUrl}) tells MCP clients how to get one. Its scopes: ` +
      `${scopes.map((scope) => `\`${scope}\``).join(', ')}.`,
  };
}
