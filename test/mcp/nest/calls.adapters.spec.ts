import { UseGuards, type CanActivate } from '@nestjs/common';
import { McpController, ResourceTemplate, Tool, ToolScopes } from '@rekog/mcp-nest';
import {
  CurrentOrg,
  orgFromHeader,
  Public,
  RequireOrgRole,
  type OrgMemberInfo,
} from 'nestjs-propelauth';
import { getCurrentMcpToken, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
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
import { calls, OpenReports, Reports } from './reports.parts.js';
import { alice, bob, carol, dave } from './users.js';
import { INTROSPECTION, METADATA_URL, RESOURCE, SCOPES } from '../../support/mcp-options.js';

const MCP = { resource: RESOURCE, introspection: INTROSPECTION, scopes: SCOPES };
const META = `resource_metadata="${METADATA_URL}"`;

/** What the client of a tool gets, and that of a resource or prompt, if only its own guard can reject the call. */
const toolError = (text: string) => ({
  status: 200,
  body: { result: { isError: true, content: [{ type: 'text', text }] } },
});
const rpcError = (message: string, errorCode: string) => ({
  status: 200,
  body: { error: { code: -32600, message: `${message} (${errorCode})`, data: { errorCode } } },
});

beforeEach(() => void (calls.length = 0));

describe('A tool of mcp-nest behind a controller under @RequireMcpToken()', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([OpenReports, Reports]);
  });

  it.each([
    ['hello', `Bearer ${META}`],
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

  it('returns an MCP error for a role that the user no longer has', async () => {
    const token = server.token(carol);
    expect(await server.send(callOf('edit_reports'), { token })).toMatchObject(
      toolError('Forbidden (org_access_denied)'),
    );
    expect(calls).toEqual([]);
    const admin = server.token(bob);
    expect(textOf((await server.send(callOf('edit_reports'), { token: admin })).body)).toBe(
      JSON.stringify(ACME_ID),
    );
  });

  it.each([
    ['no organization', dave, {}, 'Forbidden (org_access_denied)'],
    ['one that the user is not in', alice, { org_id: GLOBEX_ID }, 'Unauthorized (token_invalid)'],
  ])('reads the organization only from the token: %s', async (_which, user, claims, text) => {
    const token = server.token(user, [], claims);
    const answer = await server.send(callOf('edit_reports', { orgId: ACME_ID }), { token });
    expect(answer).toMatchObject(toolError(text));
    expect(calls).toEqual([]);
  });

  it('checks the organization in its arguments, and returns an MCP error', async () => {
    const token = server.token(alice, ['write:reports']);
    const own = await server.send(callOf('bill', { orgId: ACME_ID }), { token });
    expect(textOf(own.body)).toBe(JSON.stringify(alice.email));
    for (const args of [{ orgId: GLOBEX_ID }, {}]) {
      expect(await server.send(callOf('bill', args), { token })).toMatchObject(
        toolError('Forbidden (org_access_denied)'),
      );
    }
    expect(calls).toEqual(['bill']);
  });

  it('reads the organization from a header of the request', async () => {
    @McpController()
    class Tenants {
      @Tool({ name: 'tenant', description: '' })
      @RequireOrgRole('Admin', { org: orgFromHeader('x-org-id') })
      tenant(@CurrentOrg() org: OrgMemberInfo) {
        return org.orgId;
      }
    }
    const tenants = await startMcpServer([Tenants]);
    const tenantFor = async (orgId: string) =>
      textOf(
        (
          await tenants.send(callOf('tenant'), {
            token: tenants.token(bob),
            headers: { 'x-org-id': orgId },
          })
        ).body,
      );
    expect(await tenantFor(ACME_ID)).toBe(JSON.stringify(ACME_ID));
    expect(await tenantFor(GLOBEX_ID)).toBe('Forbidden (org_access_denied)');
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

  it('is listed by its @ToolScopes() if a guard of the application sets request.user', async () => {
    @McpController()
    class Listed {
      @Tool({ name: 'listed', description: '' })
      @ToolScopes(['read:reports'])
      @RequireScope('read:reports')
      listed() {}
    }
    const guard: CanActivate = {
      canActivate: (context) => {
        const request = context.switchToHttp().getRequest<{ raw?: object }>();
        const { scopes } = getCurrentMcpToken(context) ?? { scopes: [] };
        Object.assign(request.raw ?? request, { user: { scope: scopes.join(' ') } });
        return true;
      },
    };
    const filtered = await startMcpServer([Listed], {
      endpoint: [RequireMcpToken(), UseGuards(guard)],
    });
    for (const [scopes, tools] of [
      [[], []],
      [['read:reports'], ['listed']],
    ] as const) {
      const token = filtered.token(dave, [...scopes]);
      expect(toolsIn((await filtered.send(listOf('tools'), { token })).body)).toEqual(tools);
    }
  });

  it('is listed for every caller with a token, whatever its rules', async () => {
    const { body } = await server.send(listOf('tools'), { token: server.token(dave) });
    expect(toolsIn(body)).toEqual(['hello', 'whoami', 'read_reports', 'edit_reports', 'bill']);
  });
});

describe('A resource or prompt of mcp-nest', () => {
  const READ_ALL = rpc('resources/read', { uri: 'reports://all' });
  const READ_ONE = rpc('resources/read', { uri: 'items://reports/7' });
  const SUMMARIZE = rpc('prompts/get', { name: 'summarize' });

  let guarded: McpServerOfTest;
  let open: McpServerOfTest;
  beforeAll(async () => {
    guarded = await startMcpServer([Reports]);
    open = await startMcpServer([OpenReports, Reports], { endpoint: [Public()] });
  });

  it.each([
    [rpc('resources/read', { uri: 'reports://open' }), 'open'],
    [rpc('prompts/get', { name: 'greet' }), 'greet'],
  ])('is public under @Public(), behind a public controller', async (message, called) => {
    expect((await open.send(message)).status).toBe(200);
    expect(calls).toEqual([called]);
  });

  it.each<[string, object, object, string]>([
    ['a resource', READ_ALL, { status: 403 }, 'all'],
    ['a template', READ_ONE, rpcError('Forbidden', 'scope_missing'), 'one 7'],
    ['a prompt', SUMMARIZE, rpcError('Forbidden', 'org_access_denied'), 'summarize'],
  ])('is guarded under rules: %s', async (_what, message, rejection, called) => {
    expect((await guarded.send(message)).status).toBe(401);
    for (const server of [guarded, open]) {
      calls.length = 0;
      await server.send(message);
      const token = server.token(carol);
      expect(await server.send(message, { token })).toMatchObject(rejection);
      expect(calls).toEqual([]);
      const owner = server.token(alice, ['read:reports']);
      expect((await server.send(message, { token: owner })).body.result).toBeDefined();
      expect(calls).toEqual([called]);
    }
  });

  it.each([
    'items://reports/7',
    'items://reports/7%2F8',
    'ITEMS://REPORTS/7',
    'other://reports/7',
    'items://reports/7?x=1',
    'items://reports/7/',
    'items://reports/%zz',
    'items://reports/7://x',
    'reports://ALL',
    'other://all',
    'reports://all/',
    'reports://%61ll',
  ])('is guarded for any spelling of its URI: %s', async (uri) => {
    const message = rpc('resources/read', { uri });
    expect((await guarded.send(message)).status).toBe(401);
    for (const server of [guarded, open]) {
      for (const token of [undefined, 'junk', server.token(carol)]) {
        expect((await server.send(message, { token })).status).toBeLessThan(500);
      }
    }
    expect(calls).toEqual([]);
  });

  it('is decided by the template that mcp-nest finds first, whatever the resource of that URI allows', async () => {
    @McpController()
    class Shadowing {
      @ResourceTemplate({ uriTemplate: 'shadow://{name}', name: 'shadow', description: '' })
      @RequireScope('read:reports')
      shadow() {
        calls.push('shadow');
        return { contents: [] };
      }
    }
    const server = await startMcpServer([OpenReports, Shadowing], { endpoint: [Public()] });
    // mcp-nest compares without the scheme.
    const message = rpc('resources/read', { uri: 'reports://open' });
    expect(await server.send(message)).toMatchObject(rpcError('Unauthorized', 'token_missing'));
    await server.send(message, { token: server.token(carol) });
    expect(calls).toEqual([]);
    await server.send(message, { token: server.token(carol, ['read:reports']) });
    expect(calls).toEqual(['shadow']);
  });
});

describe('A controller with rules in front of mcp-nest', () => {
  it('adds its scopes and rules to everything', async () => {
    const server = await startMcpServer([OpenReports, Reports], {
      endpoint: [RequireScope('write:reports'), RequireOrgRole('Admin')],
    });
    expect((await server.send(callOf('read_reports'))).challenge).toBe(
      `Bearer scope="write:reports read:reports", ${META}`,
    );
    const reader = server.token(alice, ['read:reports']);
    expect((await server.send(callOf('read_reports'), { token: reader })).challenge).toBe(
      `Bearer error="insufficient_scope", scope="write:reports read:reports", ${META}`,
    );
    const member = server.token(carol, ['read:reports', 'write:reports']);
    for (const name of ['whoami', 'hello', 'read_reports', 'unknown']) {
      expect(await server.send(callOf(name), { token: member })).toMatchObject({
        status: 403,
        challenge: null,
      });
    }
    expect(calls).toEqual([]);
    const admin = server.token(bob, ['read:reports', 'write:reports']);
    expect(textOf((await server.send(callOf('read_reports'), { token: admin })).body)).toBe(
      '"read_reports"',
    );
  });

  it('requires an MCP token because of a role alone, as tools do', async () => {
    const server = await startMcpServer([OpenReports], { endpoint: [RequireOrgRole('Admin')] });
    expect((await server.send(callOf('hello'))).challenge).toBe(`Bearer ${META}`);
  });
});

describe('A controller under @Public() in front of mcp-nest', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([OpenReports, Reports], { endpoint: [Public()] });
  });

  it('leaves the decision to each tool', async () => {
    expect((await server.send(callOf('hello'))).status).toBe(200);
    expect(await server.send(callOf('read_reports'))).toMatchObject({
      status: 401,
      challenge: `Bearer scope="read:reports", ${META}`,
    });
    expect(await server.send(callOf('read_reports'), { token: 'junk' })).toMatchObject({
      status: 401,
      challenge: `Bearer error="invalid_token", scope="read:reports", ${META}`,
    });
    expect(await server.send(callOf('read_reports'), { token: server.token(alice) })).toMatchObject(
      {
        status: 403,
        challenge: `Bearer error="insufficient_scope", scope="read:reports", ${META}`,
      },
    );
    expect(calls).toEqual(['hello']);
    const token = server.token(alice, ['read:reports']);
    expect((await server.send(callOf('read_reports'), { token })).status).toBe(200);
    expect(calls).toEqual(['hello', 'read_reports']);
  });

  it('leaves a name that two tools have to the guard of the one that runs', async () => {
    @McpController()
    class Twins {
      @Tool({ name: 'hello', description: '' })
      @RequireScope('read:reports')
      hello() {
        calls.push('twin');
      }
    }
    for (const [parts, called] of [
      [[OpenReports, Twins], []],
      [[Twins, OpenReports], ['hello']],
    ] as const) {
      calls.length = 0;
      const twice = await startMcpServer([...parts], { endpoint: [Public()] });
      await twice.send(callOf('hello'));
      await twice.send(callOf('hello'), { token: twice.token(carol) });
      expect(calls).toEqual(called.flatMap((name) => [name, name]));
    }
  });

  it('lists everything without a token', async () => {
    expect(toolsIn((await server.send(listOf('tools'))).body)).toEqual([
      'hello',
      'whoami',
      'read_reports',
      'edit_reports',
      'bill',
    ]);
  });

  it('still rejects a foreign Origin', async () => {
    const headers = { origin: 'https://evil.example' };
    expect((await server.send(callOf('hello'), { headers })).status).toBe(403);
    expect(calls).toEqual([]);
  });
});
