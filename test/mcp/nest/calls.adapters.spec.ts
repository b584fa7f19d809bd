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
import { mcp, METADATA_URL } from '../../support/mcp-options.js';
import { ACME_ID, GLOBEX_ID, type KnownUser } from '../../support/project.js';
import { calls, OpenReports, Reports } from './reports.parts.js';
import { alice, bob, carol, dave } from './users.js';

const META = `resource_metadata="${METADATA_URL}"`;

/** A token of a user with these scopes and claims, its text, or none. */
type Token = [KnownUser, scopes?: string[], claims?: Record<string, unknown>] | string | undefined;

/** What the client gets: the text of the result, the error in it, that of the call, or the status and the challenge of the request. */
async function outcomeOf(
  server: McpServerOfTest,
  message: object,
  sent: Token,
  headers: Record<string, string> = {},
): Promise<string> {
  const token = Array.isArray(sent) ? server.token(...sent) : sent;
  const { status, challenge, body } = await server.send(message, { token, headers });
  if (status !== 200) return [status, challenge].filter(Boolean).join(' ').replace(META, '...');
  const { result, error } = body as { result?: object; error?: { data?: { errorCode: string } } };
  if (error !== undefined) {
    const { code, message: text } = body.error!;
    return `error ${code}: ${text}, ${error.data?.errorCode}`;
  }
  if ('isError' in result!) return `isError: ${textOf(body)}`;
  return textOf(body) || /"text":"([^"]*)"/.exec(JSON.stringify(result))![1]!;
}

@McpController()
class Tenants {
  @Tool({ name: 'tenant', description: '' })
  @RequireOrgRole('Admin', { org: orgFromHeader('x-org-id') })
  tenant(@CurrentOrg() org: OrgMemberInfo) {
    calls.push('tenant');
    return org.orgId;
  }
}

const READ_ALL = rpc('resources/read', { uri: 'reports://all' });
const READ_ONE = rpc('resources/read', { uri: 'items://reports/7' });
const READ_OPEN = rpc('resources/read', { uri: 'reports://open' });
const SUMMARIZE = rpc('prompts/get', { name: 'summarize' });
const GREET = rpc('prompts/get', { name: 'greet' });
const bill = (args: object) => callOf('bill', args);
const inAcme = { orgId: ACME_ID };
const inGlobex = { orgId: GLOBEX_ID };

const READER = ['read:reports'];
const WRITER = ['write:reports'];
const UNAUTHORIZED = '401 Bearer ...';
const NO_SCOPE = '403 Bearer error="insufficient_scope", scope="read:reports", ...';
const FORBIDDEN = 'isError: Forbidden (org_access_denied)';
const INVALID = 'isError: Unauthorized (token_invalid)';
const NO_ROLE_IN_RPC = 'error -32600: Forbidden (org_access_denied), org_access_denied';
const NO_SCOPE_IN_RPC = 'error -32600: Forbidden (scope_missing), scope_missing';
const NO_TOKEN_IN_RPC = 'error -32600: Unauthorized (token_missing), token_missing';

type Rejected = [message: object, Token, outcome: string, headers?: Record<string, string>];

let guarded: McpServerOfTest;
let open: McpServerOfTest;
beforeAll(async () => {
  guarded = await startMcpServer([OpenReports, Reports, Tenants]);
  open = await startMcpServer([OpenReports, Reports, Tenants], { endpoint: [Public()] });
});
beforeEach(() => void (calls.length = 0));

describe('Behind a controller under @RequireMcpToken(), no handler runs for', () => {
  it.each<Rejected>([
    // The scopes that the tool needs are named.
    [callOf('hello'), undefined, UNAUTHORIZED],
    [callOf('whoami'), undefined, UNAUTHORIZED],
    [callOf('read_reports'), undefined, '401 Bearer scope="read:reports", ...'],
    [callOf('edit_reports'), undefined, UNAUTHORIZED],
    [callOf('bill'), undefined, '401 Bearer scope="write:reports", ...'],
    [callOf('unknown'), undefined, UNAUTHORIZED],
    [READ_ALL, undefined, '401 Bearer scope="read:reports", ...'],
    [READ_ONE, undefined, UNAUTHORIZED],
    [SUMMARIZE, undefined, UNAUTHORIZED],
    ...['initialize', 'ping', 'tools/list', 'resources/list', 'prompts/list', 'nonsense'].map(
      (method): Rejected => [rpc(method), undefined, UNAUTHORIZED],
    ),
    [callOf('whoami'), 'junk', '401 Bearer error="invalid_token", ...'],
    // Only callers with a token learn this.
    [callOf('unknown'), [alice], 'error -32602: Unknown tool: unknown, undefined'],
    // Clients can step up.
    [callOf('read_reports'), [alice, WRITER], NO_SCOPE],
    [READ_ALL, [carol], NO_SCOPE],
    [READ_ONE, [carol], NO_SCOPE_IN_RPC],
    [SUMMARIZE, [carol], NO_ROLE_IN_RPC],
    [callOf('edit_reports'), [carol], FORBIDDEN],
    // The organization is that of the token, and not of the arguments.
    [callOf('edit_reports', inAcme), [dave], FORBIDDEN],
    [callOf('edit_reports', inAcme), [alice, [], { org_id: GLOBEX_ID }], INVALID],
    // Its organization is in the arguments, or in a header.
    [bill(inGlobex), [alice, WRITER], FORBIDDEN],
    [bill({}), [alice, WRITER], FORBIDDEN],
    [callOf('tenant'), [bob], FORBIDDEN, { 'x-org-id': GLOBEX_ID }],
  ])('%j with the token %j', async (message, token, outcome, headers = {}) => {
    expect(await outcomeOf(guarded, message, token, headers)).toBe(outcome);
    expect(calls).toEqual([]);
  });
});

describe('Behind a controller under @Public(), no handler runs for', () => {
  it.each<Rejected>([
    [callOf('read_reports'), undefined, '401 Bearer scope="read:reports", ...'],
    [callOf('read_reports'), 'junk', '401 Bearer error="invalid_token", scope="read:reports", ...'],
    [callOf('read_reports'), [alice], NO_SCOPE],
    [READ_ALL, undefined, '401 Bearer scope="read:reports", ...'],
    [READ_ALL, [carol], NO_SCOPE],
    [READ_ONE, undefined, NO_TOKEN_IN_RPC],
    [READ_ONE, [carol], NO_SCOPE_IN_RPC],
    [SUMMARIZE, undefined, UNAUTHORIZED],
    [SUMMARIZE, [carol], NO_ROLE_IN_RPC],
  ])('%j with the token %j', async (message, token, outcome) => {
    expect(await outcomeOf(open, message, token)).toBe(outcome);
    expect(calls).toEqual([]);
  });
});

describe('A handler runs for', () => {
  it.each<[front: string, message: object, Token, outcome: string, called: string]>([
    ['either', callOf('edit_reports'), [bob], JSON.stringify(ACME_ID), 'edit_reports'],
    ['either', bill(inAcme), [alice, WRITER], JSON.stringify(alice.email), 'bill'],
    ['either', callOf('tenant'), [bob], JSON.stringify(ACME_ID), 'tenant'],
    ['either', callOf('read_reports'), [alice, READER], '"read_reports"', 'read_reports'],
    ['either', READ_ALL, [alice, READER], 'all', 'all'],
    ['either', READ_ONE, [alice, READER], '7', 'one 7'],
    ['either', SUMMARIZE, [alice, READER], 'Summarize.', 'summarize'],
    ['@Public()', callOf('hello'), undefined, '"hello"', 'hello'],
    ['@Public()', READ_OPEN, undefined, 'open', 'open'],
    ['@Public()', GREET, undefined, 'Hello.', 'greet'],
  ])('behind a controller under %s: %j', async (front, message, token, outcome, called) => {
    for (const server of front === 'either' ? [guarded, open] : [open]) {
      calls.length = 0;
      expect(await outcomeOf(server, message, token, { 'x-org-id': ACME_ID })).toBe(outcome);
      expect(calls).toEqual([called]);
    }
  });
});

describe('A tool of mcp-nest', () => {
  it('gets the token in @CurrentMcpToken(), without its raw value', async () => {
    const token = guarded.token(alice, READER);
    const { body } = await guarded.send(callOf('whoami'), { token });
    expect(JSON.parse(textOf(body))).toMatchObject({
      userId: alice.userId,
      scopes: READER,
      orgId: ACME_ID,
    });
    expect(JSON.stringify(body)).not.toContain(token);
  });

  it('has no code in the error without errorCodes', async () => {
    const server = await startMcpServer([Reports], { options: { errorCodes: false } });
    expect(await outcomeOf(server, bill({}), [alice, WRITER])).toBe('isError: Forbidden');
  });

  it('causes one introspection per request, even without a cache', async () => {
    const server = await startMcpServer([Reports], { mcp: { ...mcp, cacheSeconds: 0 } });
    const token = server.token(bob);
    for (const name of ['edit_reports', 'whoami']) await server.send(callOf(name), { token });
    expect(calls).toEqual(['edit_reports', 'whoami']);
    expect(server.propelAuth.asked).toEqual([token, token]);
  });

  it('is listed by its @ToolScopes() if a guard of the application sets request.user', async () => {
    @McpController()
    class Listed {
      @Tool({ name: 'listed', description: '' })
      @ToolScopes(READER)
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
    const server = await startMcpServer([Listed], {
      endpoint: [RequireMcpToken(), UseGuards(guard)],
    });
    const listedWith = async (scopes: string[]) =>
      toolsIn((await server.send(listOf('tools'), { token: server.token(dave, scopes) })).body);
    expect([await listedWith([]), await listedWith(READER)]).toEqual([[], ['listed']]);
  });

  it('is listed for everybody whom the controller in front lets in, whatever its rules', async () => {
    const ofDave = await guarded.send(listOf('tools'), { token: guarded.token(dave) });
    for (const { body } of [ofDave, await open.send(listOf('tools'))]) {
      expect(toolsIn(body)).toEqual([
        'hello',
        'whoami',
        'read_reports',
        'edit_reports',
        'bill',
        'tenant',
      ]);
    }
  });

  it('is called under the rules of the one that runs if two have its name', async () => {
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
});

describe('A resource of mcp-nest', () => {
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
    expect(await outcomeOf(server, READ_OPEN, undefined)).toBe(NO_TOKEN_IN_RPC);
    await server.send(READ_OPEN, { token: server.token(carol) });
    expect(calls).toEqual([]);
    await server.send(READ_OPEN, { token: server.token(carol, READER) });
    expect(calls).toEqual(['shadow']);
  });
});

describe('A controller with rules in front of mcp-nest', () => {
  it('adds its scopes and rules to everything', async () => {
    const server = await startMcpServer([OpenReports, Reports], {
      endpoint: [RequireScope('write:reports'), RequireOrgRole('Admin')],
    });
    const both = 'scope="write:reports read:reports", ...';
    const reads = callOf('read_reports');
    expect(await outcomeOf(server, reads, undefined)).toBe(`401 Bearer ${both}`);
    expect(await outcomeOf(server, reads, [alice, READER])).toBe(
      `403 Bearer error="insufficient_scope", ${both}`,
    );
    for (const name of ['whoami', 'hello', 'read_reports', 'unknown']) {
      expect(await outcomeOf(server, callOf(name), [carol, [...READER, ...WRITER]])).toBe('403');
    }
    expect(calls).toEqual([]);
    expect(await outcomeOf(server, reads, [bob, [...READER, ...WRITER]])).toBe('"read_reports"');
  });

  it('requires an MCP token because of a role alone, as tools do', async () => {
    const server = await startMcpServer([OpenReports], { endpoint: [RequireOrgRole('Admin')] });
    expect(await outcomeOf(server, callOf('hello'), undefined)).toBe(UNAUTHORIZED);
  });
});
