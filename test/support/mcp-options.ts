/** The MCP server of the tests, as its clients know it. */
export const RESOURCE = 'https://api.example.com/mcp';
export const METADATA_URL = 'https://api.example.com/.well-known/oauth-protected-resource/mcp';
/** What introspection requests authenticate with. */
export const INTROSPECTION = {
  clientId: 'introspection-client',
  clientSecret: 'introspection-secret-that-must-never-be-seen',
};
export const SCOPES = ['read:reports', 'write:reports'];
export const CLIENT_ID = 'client-of-alice';

/** The options of mcpServer() in the tests. */
export const mcp = { resource: RESOURCE, introspection: INTROSPECTION, scopes: SCOPES };
