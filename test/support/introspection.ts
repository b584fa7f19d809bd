import { CLIENT_ID, RESOURCE } from './mcp-options.js';
import { ACME_ID } from './project.js';

/** What PropelAuth's introspection answers. */

export const MCP_TOKEN = 'mcp-token-that-must-never-be-seen';

/** About a token of a user that is good from 2025 to 2099, unless changed. */
export function activeToken(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    active: true,
    sub: 'user-alice',
    client_id: CLIENT_ID,
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
