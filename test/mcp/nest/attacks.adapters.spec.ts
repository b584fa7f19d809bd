import { Public } from 'nestjs-propelauth';
import { Controller } from '@nestjs/common';
import { RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import {
  McpController,
  McpHttpControllerFor,
  StreamableHttpTransport,
  Tool,
} from '@rekog/mcp-nest';
import { callOf, rpc, startMcpServer, type McpServerOfTest } from '../../support/mcp-nest.js';
import { calls, OpenReports, Reports } from './reports.parts.js';
import { alice, carol, dave } from './users.js';

beforeEach(() => void (calls.length = 0));

/** A call that names several tools. */
function twice(...names: string[]): string {
  const params = names.map((name) => `"name":"${name}"`).join(',');
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${params}}}`;
}

/** Adds a tool while the application runs. */
function register({ strategy }: McpServerOfTest, name: string, called: string): void {
  strategy.registerTool({ name, description: '', handler: () => calls.push(called) });
}

describe('A request to mcp-nest', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([OpenReports, Reports], { endpoint: [Public()] });
  });

  const OPEN = callOf('hello');
  const GUARDED = callOf('read_reports');

  it.each([
    [{ 'mcp-name': 'hello', 'mcp-method': 'tools/call' }],
    [{ 'mcp-name': 'hello', 'mcp-method': 'tools/list', 'mcp-protocol-version': '2026-07-28' }],
  ])('is decided by its body, whatever its headers say', async (headers) => {
    expect((await server.send(GUARDED, { headers })).status).toBe(401);
    await server.send(GUARDED, { headers, token: server.token(dave) });
    expect(calls).toEqual([]);
  });

  it('is decided by the last of two names, which is the one that is called', async () => {
    expect((await server.send(twice('hello', 'read_reports'))).status).toBe(401);
    expect((await server.send(twice('read_reports', 'hello'))).status).toBe(200);
    expect(calls).toEqual(['hello']);
  });

  it.each([
    '{',
    '"text"',
    '7',
    'null',
    '',
    '[]',
    '[[]]',
    '{"method":"tools/call"}',
    '{"method":"tools/call","params":[]}',
    '{"method":"tools/call","params":{"name":{"length":1}}}',
    '{"__proto__":{"method":"tools/call","params":{"name":"read_reports"}}}',
    '{"method":"__proto__","params":{"name":"__proto__"}}',
  ])('never returns a 5xx, whatever it contains: %s', async (body) => {
    for (const token of [undefined, server.token(alice)]) {
      const { status } = await server.send(body, { token });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  });

  it.each([
    ['text/plain', JSON.stringify(OPEN)],
    [
      'application/x-www-form-urlencoded',
      'jsonrpc=2.0&id=1&method=tools/call&params[name]=read_reports',
    ],
    ['application/octet-stream', JSON.stringify(GUARDED)],
  ])('calls nothing as %s', async (type, body) => {
    const headers = { 'content-type': type };
    for (const token of [undefined, server.token(dave)]) {
      const { status } = await server.send(body, { headers, token });
      expect(status).toBeLessThan(500);
    }
    expect(calls).toEqual([]);
  });

  const similar = ['__proto__', 'constructor', 'toString', 'HELLO', 'hello ', ' hello', 'hello\0'];
  const inOtherLetters = 'hеllo';
  const invalid = [['hello'], { toString: 'hello' }, 7, null];

  it.each([...similar, inOtherLetters, ...invalid])(
    'finds no tool for the name %j',
    async (name) => {
      const { body } = await server.send(rpc('tools/call', { name, arguments: {} }));
      expect(body.error?.message).toMatch(typeof name === 'string' ? /Unknown tool/ : /./);
      expect(calls).toEqual([]);
    },
  );

  it('with a batch must pass only the rules in front, and each call in it those of its tool', async () => {
    const batch = [OPEN, { ...GUARDED, id: 2 }];
    for (const token of [undefined, 'junk', server.token(carol)]) {
      calls.length = 0;
      await server.send(batch, { token });
      expect(calls).toEqual(['hello']);
    }
    await server.send(batch, { token: server.token(carol, ['read:reports']) });
    expect(calls).toEqual(['hello', 'hello', 'read_reports']);
  });

  it('is decided for itself, however many callers send the same at once', async () => {
    const seen: [token: string | undefined, mustNotSee: string][] = [
      [undefined, 'userId'],
      ['junk', 'userId'],
      [server.token(dave), carol.userId],
      [server.token(dave, ['write:reports']), carol.userId],
      [server.token(carol, ['read:reports']), dave.userId],
    ];
    const batch = [GUARDED, { ...callOf('whoami'), id: 2 }];
    const answers = await Promise.all(
      seen.flatMap(([token, mustNotSee]) =>
        [GUARDED, batch, callOf('whoami')].map(async (message) => ({
          mustNotSee,
          text: JSON.stringify((await server.send(message, { token })).body),
        })),
      ),
    );
    for (const { mustNotSee, text } of answers) expect(text).not.toContain(mustNotSee);
    // Those of the only token with the scope: alone, and in the batch.
    expect(calls.filter((name) => name === 'read_reports')).toHaveLength(2);
  });

  it('is rejected from a foreign Origin, even for a public tool', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://api.example.com']) {
      expect((await server.send(OPEN, { headers: { origin } })).status).toBe(403);
    }
    expect(calls).toEqual([]);
    const headers = { origin: 'https://api.example.com' };
    expect((await server.send(OPEN, { headers })).status).toBe(200);
  });
});

describe('Behind a controller under @RequireMcpToken(),', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([OpenReports, Reports]);
  });

  it.each(['GET', 'DELETE'])('a request also needs a token for %s', async (method) => {
    expect((await server.send(undefined, { method })).status).toBe(401);
    const token = server.token(alice);
    expect((await server.send(undefined, { method, token })).status).toBe(405);
  });

  it.each<[string, object]>([
    ['tool', callOf('hello')],
    ['resource', rpc('resources/read', { uri: 'reports://open' })],
    ['prompt', rpc('prompts/get', { name: 'greet' })],
  ])('a %s under @Public() still needs a token', async (_what, message) => {
    for (const token of [undefined, 'junk']) {
      expect((await server.send(message, { token })).status).toBe(401);
      expect((await server.send([message], { token })).status).toBe(401);
    }
    expect(calls).toEqual([]);
    await server.send(message, { token: server.token(dave) });
    expect(calls).toHaveLength(1);
  });

  it('a batch needs a token, and each call in it passes the rules of its tool', async () => {
    const batch = [callOf('hello'), { ...callOf('read_reports'), id: 2 }];
    expect((await server.send(batch)).status).toBe(401);
    await server.send(batch, { token: server.token(carol) });
    expect(calls).toEqual(['hello']);
  });
});

describe('Tools behind a public and a guarded controller', () => {
  it('are called under their own rules through either', async () => {
    const open = new StreamableHttpTransport();
    @Controller('open')
    @Public()
    class OpenEndpoint extends McpHttpControllerFor(open) {}
    const guarded = new StreamableHttpTransport();
    @Controller('mcp')
    @RequireMcpToken()
    class GuardedEndpoint extends McpHttpControllerFor(guarded) {}
    const server = await startMcpServer([OpenReports, Reports], {
      endpoint: null,
      server: { transports: [open, guarded] },
      metadata: { controllers: [OpenEndpoint, GuardedEndpoint] },
    });
    const [lacking, holding] = [server.token(carol), server.token(carol, ['read:reports'])];
    for (const path of ['/open', '/mcp']) {
      for (const token of [undefined, 'junk', lacking]) {
        const { status } = await server.send(callOf('read_reports'), { path, token });
        expect(status).toBe(token === lacking ? 403 : 401);
        await server.send([callOf('read_reports')], { path, token });
      }
      expect(calls).toEqual([]);
      await server.send(callOf('read_reports'), { path, token: holding });
      expect(calls).toEqual(['read_reports']);
      calls.length = 0;
    }
    expect((await server.send(callOf('hello'), { path: '/mcp' })).status).toBe(401);
  });
});

describe('A request with an unparsed body', () => {
  it('needs a token, and each call in it is decided by its tool', async () => {
    const server = await startMcpServer([OpenReports, Reports], { bodyParser: false });
    if (globalThis.HTTP_ADAPTER === 'fastify') return;
    expect((await server.send(callOf('hello'))).status).toBe(401);
    await server.send(callOf('read_reports'), { token: server.token(dave) });
    expect(calls).toEqual([]);
    await server.send(callOf('read_reports'), {
      token: server.token(dave, ['read:reports']),
    });
    expect(calls).toEqual(['read_reports']);
  });
});

describe('A tool whose name several servers or controllers have', () => {
  @McpController({ server: 'other' })
  @RequireMcpToken()
  class Others {
    @Tool({ name: 'read_reports', description: '' })
    read() {
      calls.push('other');
    }

    @Tool({ name: 'elsewhere', description: '' })
    elsewhere() {
      calls.push('elsewhere');
    }
  }

  it('has its own rules, whatever another one or one registered at run time has', async () => {
    const server = await startMcpServer([Reports, Others]);
    register(server, 'elsewhere', 'registered');
    expect((await server.send(callOf('read_reports'))).status).toBe(401);
    expect((await server.send(callOf('elsewhere'))).status).toBe(401);
    for (const late of ['whoami', 'read_reports']) register(server, late, 'registered over it');
    await server.send(callOf('read_reports'), { token: server.token(dave) });
    expect(calls).toEqual([]);
    await server.send(callOf('elsewhere'), { token: server.token(dave) });
    expect(calls).toEqual(['registered']);
  });
});

describe('A tool registered at run time', () => {
  it('is under the rules in front', async () => {
    const server = await startMcpServer([Reports], { endpoint: [RequireScope('write:reports')] });
    register(server, 'late', 'late');
    expect((await server.send(callOf('late'))).status).toBe(401);
    expect((await server.send(callOf('late'), { token: server.token(dave) })).status).toBe(403);
    expect(calls).toEqual([]);
    await server.send(callOf('late'), { token: server.token(dave, ['write:reports']) });
    expect(calls).toEqual(['late']);
  });
});
