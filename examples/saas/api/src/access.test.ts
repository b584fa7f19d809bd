import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { expectAccess } from 'nestjs-propelauth/testing';
import { startApp } from './test-app.js';

const app = await startApp();
after(() => app.close());

test('Each handler has the rule that we reviewed', () => {
  const members = 'members of the org in path orgId';
  expectAccess(app).toEqual({
    'GET /health': 'public',
    'GET /orgs/:orgId/projects': members,
    'GET /orgs/:orgId/projects/:projectId': members,
    'POST /orgs/:orgId/projects': 'Admin and above of the org in path orgId',
    'POST /orgs/:orgId/projects/:projectId/archive': `${members}, plan pro, either members with can_archive_projects of the org in path orgId or project-lead`,
    'GET /orgs/:orgId/projects/:projectId/tasks': members,
    'POST /orgs/:orgId/projects/:projectId/tasks': `user or organization API key: ${members}`,
    'PATCH /orgs/:orgId/projects/:projectId/tasks/:taskId': members,
    'PUT /orgs/:orgId/projects/:projectId/tasks/:taskId/assignee': members,
    'tool list_tasks': 'MCP client: members of the org in token, with scope read:tasks',
    'GET /mcp': 'MCP client',
    'POST /mcp': 'MCP client',
    'DELETE /mcp': 'MCP client',
  });
});

test('Each rule allows exactly the right callers', async () => {
  const { notTried } = await expectAccess(app).toHold();
  // Test what MCP clients may do with a client.
  const names = notTried.map(({ name }) => name.split(' (')[0]);
  assert.deepEqual(names, ['DELETE /mcp', 'GET /mcp', 'POST /mcp', 'tool list_tasks']);
});
