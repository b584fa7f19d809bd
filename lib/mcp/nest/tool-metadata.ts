// The keys under which @rekog/mcp-nest keeps what its own decorators say of a tool.

/** `@PublicTool()`. */
export const PUBLIC_METADATA = 'mcp:public-tool';
/** `@ToolScopes()`, and whether one of the scopes is enough. */
export const SCOPES_METADATA = 'mcp:scopes';
export const SCOPES_MATCH_METADATA = 'mcp:scopes-match';
/** `@ToolRoles()`, and whether one of the roles is enough. */
export const ROLES_METADATA = 'mcp:roles';
export const ROLES_MATCH_METADATA = 'mcp:roles-match';
