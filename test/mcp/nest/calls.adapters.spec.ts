import { Public, RequireOrgRole } from 'nestjs-propelauth';
import { RequireScope } from 'nestjs-propelauth/mcp';
import {
  callOf,
  listOf,
  rpc,
  startMcpServer,
  textOf,
  toolsIn,
  type McpServerOfTest,
} from '../../support/mcp-nest.js';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { calls, Reports } from './reports.parts.js';
import { alice, bob, carol, dave, erin } from './users.js';
import { INTROSPECTION, METADATA_URL, RESOURCE, SCOPES } from '../../support/mcp-options.js';

const MCP = { resource: RESOURCE, introspection: INTROSPECTION, scopes: SCOPES };
const META = `resource_metadata="${METADATA_URL}"`;

beforeEach(() => void (calls.length = 0));

describe('A tool of mcp-nest behind a controller under @RequireMcpToken()', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([Reports]);
  });

  it('is called without a token under @Public()', async () => {
    const { status, body } = await server.send(callOf('hello'));
    expect([status, textOf(body)]).toEqual([200, '"hello"']);
  });

  it.each([
    ['plain', `Bearer ${META}`],
    ['whoami', `Bearer ${META}`],
    ['read_reports', `Bearer scope="read:reports", ${META}`],
    ['edit_reports', `Bearer ${META}`],
    ['bill', `Bearer scope="write:reports", ${META}`],
    ['unknown', `Bearer ${META}`],
  ])(
    'is not called without a token: %s returns 401 with the scopes it needs',
    async (name, challenge) => {
      expect(await server.send(callOf(name))).toMatchObject({ status: 401, challenge });
      expect(calls).toEqual([]);
    },
  );

  it('gets the token in @CurrentMcpToken(), without its raw value', async () => {
    const token = server.token(alice, ['read:reports']);
    const { body } = await server.send(callOf('whoami'), { token });
    expect(JSON.parse(textOf(body))).toMatchObject({
      userId: alice.userId,
      scopes: ['read:reports'],
      orgId: ACME_ID,
    });
    expect(JSON.stringify(body)).not.toContain(token);
  });

  it('returns 403 with the scopes that the call needs, so that clients can step up', async () => {
    const token = server.token(alice, ['write:reports']);
    expect(await server.send(callOf('read_reports'), { token })).toMatchObject({
      status: 403,
      challenge: `Bearer error="insufficient_scope", scope="read:reports", ${META}`,
    });
    expect(calls).toEqual([]);
  });

  it('returns 403 without insufficient_scope for a role that the user no longer has', async () => {
    const token = server.token(carol);
    expect(await server.send(callOf('edit_reports'), { token })).toMatchObject({
      status: 403,
      challenge: null,
    });
    const admin = server.token(bob);
    expect(textOf((await server.send(callOf('edit_reports'), { token: admin })).body)).toBe(
      JSON.stringify(ACME_ID),
    );
  });

  it.each([
    ['no organization', dave, {}, 403],
    ['one that the user is not in', alice, { org_id: GLOBEX_ID }, 401],
  ])('reads the organization only from the token: %s', async (_which, user, claims, status) => {
    const token = server.token(user, [], claims);
    expect((await server.send(callOf('edit_reports'), { token })).status).toBe(status);
  });

  it('checks the organization in its arguments, and returns an MCP error', async () => {
    const token = server.token(alice, ['write:reports']);
    const own = await server.send(callOf('bill', { orgId: ACME_ID }), { token });
    expect(textOf(own.body)).toBe(JSON.stringify(alice.email));
    for (const args of [{ orgId: GLOBEX_ID }, {}]) {
      expect(await server.send(callOf('bill', args), { token })).toMatchObject({
        status: 200,
        body: {
          result: {
            isError: true,
            content: [{ type: 'text', text: 'Forbidden (org_access_denied)' }],
          },
        },
      });
    }
    expect(calls).toEqual(['bill']);
  });

  it('has no code in the error without errorCodes', async () => {
    const other = await startMcpServer([Reports], { options: { errorCodes: false } });
    const token = other.token(alice, ['write:reports']);
    const { body } = await other.send(callOf('bill'), { token });
    expect(textOf(body)).toBe('Forbidden');
  });

  it('rejects an unknown token, with one introspection per request', async () => {
    server.propelAuth.asked.length = 0;
    expect(await server.send(callOf('whoami'), { token: 'junk' })).toMatchObject({
      status: 401,
      challenge: `Bearer error="invalid_token", ${META}`,
    });
    await server.send(callOf('edit_reports'), { token: server.token(alice) });
    expect(server.propelAuth.asked).toHaveLength(2);
  });

  it('sends one introspection request per request, even without a cache', async () => {
    const uncached = await startMcpServer([Reports], {
      mcp: { ...MCP, cacheSeconds: 0 },
    });
    const token = uncached.token(bob);
    await uncached.send(callOf('edit_reports'), { token });
    await uncached.send(callOf('whoami'), { token });
    expect(calls).toEqual(['edit_reports', 'whoami']);
    expect(uncached.propelAuth.asked).toEqual([token, token]);
  });

  it('reveals that a tool is unknown only to callers with a token', async () => {
    const token = server.token(alice);
    const { body } = await server.send(callOf('unknown'), { token });
    expect(body.error?.message).toBe('Unknown tool: unknown');
  });

  it.each(['initialize', 'ping', 'tools/list', 'resources/list', 'prompts/list', 'nonsense'])(
    'rejects the method %s without a token',
    async (method) => {
      expect((await server.send(rpc(method))).status).toBe(401);
    },
  );
});

describe('A resource or prompt of mcp-nest', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([Reports]);
  });

  const READ_OPEN = rpc('resources/read', { uri: 'reports://open' });
  const READ_ALL = rpc('resources/read', { uri: 'reports://all' });
  const READ_ONE = rpc('resources/read', { uri: 'items://reports/7' });
  const SUMMARIZE = rpc('prompts/get', { name: 'summarize' });
  const GREET = rpc('prompts/get', { name: 'greet' });

  it.each([
    [READ_OPEN, 'open'],
    [GREET, 'greet'],
  ])('is public under @Public()', async (message, called) => {
    expect((await server.send(message)).status).toBe(200);
    expect(calls).toEqual([called]);
  });

  it.each([
    [READ_ALL, 'all'],
    [READ_ONE, 'one 7'],
    [SUMMARIZE, 'summarize'],
  ])('is guarded under rules: %j', async (message, called) => {
    expect((await server.send(message)).status).toBe(401);
    const token = server.token(carol);
    expect((await server.send(message, { token })).status).toBe(403);
    expect(calls).toEqual([]);
    const owner = server.token(alice, ['read:reports']);
    expect((await server.send(message, { token: owner })).body.result).toBeDefined();
    expect(calls).toEqual([called]);
  });

  it.each([
    'items://reports/7%2F8',
    'ITEMS://REPORTS/7',
    'other://reports/7',
    'items://reports/7?x=1',
    'items://reports/7/',
    'items://reports/%zz',
    'items://reports/7://x',
  ])('is guarded for any spelling of its URI: %s', async (uri) => {
    const message = rpc('resources/read', { uri });
    expect((await server.send(message)).status).toBe(401);
    await server.send(message, { token: server.token(carol) });
    expect(calls).toEqual([]);
  });
});

describe('A list of mcp-nest', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([Reports]);
  });

  it.each([
    [
      'an owner',
      alice,
      ['read:reports', 'write:reports'],
      ['read_reports', 'edit_reports', 'bill'],
    ],
    ['an owner without scopes', alice, [], ['edit_reports']],
    ['a member', carol, ['read:reports', 'write:reports'], ['read_reports']],
    ['a user without an organization', dave, ['write:reports'], []],
  ])('contains the tools that the caller may call: %s', async (_who, user, scopes, guarded) => {
    const token = server.token(user, scopes);
    const { body } = await server.send(listOf('tools'), { token });
    expect(toolsIn(body)).toEqual(['hello', 'plain', 'whoami', ...guarded]);
  });

  it('requests the user once, and only if a tool within the scopes needs it', async () => {
    await server.send(rpc('ping'), { token: server.token(bob) });
    expect(server.propelAuth.askedUsers).not.toContain(bob.userId);
    await server.send(listOf('tools'), { token: server.token(bob) });
    expect(server.propelAuth.askedUsers.filter((id) => id === bob.userId)).toHaveLength(1);
  });

  it('is rejected for a deleted user', async () => {
    const token = server.token(erin);
    server.propelAuth.forgets(erin);
    expect((await server.send(listOf('tools'), { token })).status).toBe(401);
  });

  it('contains the real scopes of tools, and no role of this package', async () => {
    const token = server.token(alice, ['read:reports']);
    const { body } = await server.send(listOf('tools'), { token });
    expect(JSON.stringify(body)).not.toContain('access rules');
    expect(body.result?.['tools']).toContainEqual(
      expect.objectContaining({
        name: 'read_reports',
        _meta: { securitySchemes: [{ type: 'oauth2', scopes: ['read:reports'] }] },
      }),
    );
  });

  it('contains all resources and prompts for callers with a token, because mcp-nest does not filter them', async () => {
    const token = server.token(dave);
    const { body } = await server.send(listOf('resources'), { token });
    expect(body.result?.['resources']).toHaveLength(2);
  });
});

describe('A controller with rules in front of mcp-nest', () => {
  it('adds its scopes and rules to everything that is not public', async () => {
    const server = await startMcpServer([Reports], {
      endpoint: [RequireScope('write:reports'), RequireOrgRole('Admin')],
    });
    expect((await server.send(callOf('hello'))).status).toBe(200);
    expect((await server.send(callOf('read_reports'))).challenge).toBe(
      `Bearer scope="write:reports read:reports", ${META}`,
    );
    const reader = server.token(alice, ['read:reports']);
    expect((await server.send(callOf('read_reports'), { token: reader })).challenge).toBe(
      `Bearer error="insufficient_scope", scope="write:reports read:reports", ${META}`,
    );
    const member = server.token(carol, ['read:reports', 'write:reports']);
    for (const name of ['whoami', 'plain', 'read_reports']) {
      expect((await server.send(callOf(name), { token: member })).status).toBe(403);
    }
    expect(calls).toEqual(['hello']);
    const admin = server.token(bob, ['read:reports', 'write:reports']);
    expect(textOf((await server.send(callOf('read_reports'), { token: admin })).body)).toBe(
      '"read_reports"',
    );
    expect(toolsIn((await server.send(listOf('tools'), { token: admin })).body)).not.toContain(
      'bill',
    );
  });

  it('requires an MCP token because of a role alone, as tools do', async () => {
    const server = await startMcpServer([Reports], { endpoint: [RequireOrgRole('Admin')] });
    expect((await server.send(callOf('plain'))).challenge).toBe(`Bearer ${META}`);
  });
});

describe('A controller under @Public() in front of mcp-nest', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([Reports], { endpoint: [Public()] });
  });

  it('leaves the decision to each tool', async () => {
    expect((await server.send(callOf('hello'))).status).toBe(200);
    expect((await server.send(callOf('plain'))).status).toBe(200);
    expect(await server.send(callOf('read_reports'))).toMatchObject({
      status: 401,
      challenge: `Bearer scope="read:reports", ${META}`,
    });
    expect(calls).toEqual(['hello', 'plain']);
    const token = server.token(alice, ['read:reports']);
    expect((await server.send(callOf('read_reports'), { token })).status).toBe(200);
  });

  it('lists public tools without a token, and those of the caller with one', async () => {
    expect(toolsIn((await server.send(listOf('tools'))).body)).toEqual(['hello', 'plain']);
    const token = server.token(carol, ['read:reports']);
    expect(toolsIn((await server.send(listOf('tools'), { token })).body)).toEqual([
      'hello',
      'plain',
      'whoami',
      'read_reports',
    ]);
    expect((await server.send(listOf('tools'), { token: 'junk' })).status).toBe(401);
  });

  it('still rejects a foreign Origin', async () => {
    const headers = { origin: 'https://evil.example' };
    expect((await server.send(callOf('hello'), { headers })).status).toBe(403);
    expect(calls).toEqual([]);
  });
});
