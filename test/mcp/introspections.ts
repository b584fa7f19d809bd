import { ACME_ID } from '../support/project.js';

/** What PropelAuth's introspection answers, and the options that ask for it. */

export const RESOURCE = 'https://api.example.com/mcp';
export const MCP_TOKEN = 'mcp-token-that-must-never-be-seen';
export const CLIENT_SECRET = 'client-secret-that-must-never-be-seen';

export const introspectionCredentials = { clientId: 'client-id', clientSecret: CLIENT_SECRET };

/** The option `mcp`. */
export const mcp = {
  resource: RESOURCE,
  introspection: introspectionCredentials,
  scopes: ['read:reports', 'write:reports'],
};

/** About a token of a user that is good from 2025 to 2099, unless changed. */
export function activeToken(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    active: true,
    sub: 'user-alice',
    client_id: 'client-of-alice',
    scope: 'read:reports',
    username: 'alice@example.com',
    iat: 1_750_000_000,
    exp: 4_080_000_000,
    aud: RESOURCE,
    org_id: ACME_ID,
    org_role: 'Owner',
    ...changes,
  };
}

export const inactiveToken = { active: false };
