/**
 * A table of who may call which handler: the `summary` of each handler by its `name`, as in `describeAccess()`.
 *
 * @example
 * ```ts
 * const access: AccessTable = {
 *   'GET /': 'user',
 *   'GET /api/org/:orgId/billing': 'members with can_view_billing of the org in path orgId',
 *   'Query.reports': 'Admin and above of the org in argument orgId',
 *   'event list': 'optional user',
 *   'message sum': 'public',
 *   'POST /mcp': 'MCP client, with scope read:reports',
 * };
 * ```
 *
 * @publicApi
 */
export type AccessTable = Readonly<Record<string, string>>;
