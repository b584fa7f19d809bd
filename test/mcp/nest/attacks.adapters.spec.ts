import { Public } from 'nestjs-propelauth';
import { RequireScope } from 'nestjs-propelauth/mcp';
import { McpController, Tool } from '@rekog/mcp-nest';
import { callOf, rpc, startMcpServer, type McpServerOfTest } from '../../support/mcp-nest.js';
import { calls, Reports } from './reports.parts.js';
import { alice, carol, dave } from './users.js';

beforeEach(() => void (calls.length = 0));

/** A call that names several tools. */
function twice(...names: string[]): string {
  const params = names.map((name) => `"name":"${name}"`).join(',');
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${params}}}`;
}

describe('A request to mcp-nest', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([Reports]);
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

  it.each(['{', '"text"', '7', 'null', '', '[]', '[[]]'])(
    'never returns a 5xx, whatever it contains: %s',
    async (body) => {
      for (const token of [undefined, server.token(alice)]) {
        const { status } = await server.send(body, { token });
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
      }
    },
  );

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

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'HELLO',
    'hello ',
    ' hello',
    'hello\0',
    'hеllo',
  ])('finds no tool for a similar name: %j', async (name) => {
    expect((await server.send(callOf(name))).status).toBe(401);
    expect(calls).toEqual([]);
  });

  it.each([[['hello']], [{ toString: 'hello' }], [7], [null]])(
    'finds no tool for an invalid name: %j',
    async (name) => {
      expect((await server.send(rpc('tools/call', { name }))).status).toBe(401);
    },
  );

  it('with a batch must pass only the rules in front, and each call in it those of its tool', async () => {
    const batch = [OPEN, { ...GUARDED, id: 2 }];
    expect((await server.send(batch)).status).toBe(401);
    await server.send(batch, { token: server.token(carol) });
    expect(calls).toEqual(['hello']);
    await server.send(batch, { token: server.token(carol, ['read:reports']) });
    expect(calls).toEqual(['hello', 'hello', 'read_reports']);
  });

  it.each(['GET', 'DELETE'])('also needs a token for %s', async (method) => {
    expect((await server.send(undefined, { method })).status).toBe(401);
    const token = server.token(alice);
    expect((await server.send(undefined, { method, token })).status).toBe(405);
  });

  it('is rejected from a foreign Origin, even for a public tool', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://api.example.com']) {
      expect((await server.send(OPEN, { headers: { origin } })).status).toBe(403);
    }
    expect(calls).toEqual([]);
    const headers = { origin: 'https://api.example.com' };
    expect((await server.send(OPEN, { headers })).status).toBe(200);
  });

  it('cannot set the user or the roles', async () => {
    const token = server.token(dave);
    const user = {
      scope: 'read:reports',
      roles: ['the access rules of Reports (tool read_reports)'],
    };
    await server.send({ ...GUARDED, user }, { token });
    await server.send(callOf('read_reports', { user }), { token });
    expect(calls).toEqual([]);
  });
});

describe('A request with an unparsed body', () => {
  it('needs a token, and each call in it is decided by its tool', async () => {
    const server = await startMcpServer([Reports], { bodyParser: false });
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
  class Others {
    @Tool({ name: 'read_reports', description: '' })
    @Public()
    read() {
      calls.push('other');
    }

    @Tool({ name: 'elsewhere', description: '' })
    @Public()
    elsewhere() {
      calls.push('elsewhere');
    }
  }

  it('is not public because another one or one registered at run time is', async () => {
    const server = await startMcpServer([Reports, Others]);
    server.strategy.registerTool({
      name: 'elsewhere',
      description: '',
      handler: () => calls.push('registered'),
    });
    expect((await server.send(callOf('read_reports'))).status).toBe(401);
    expect((await server.send(callOf('elsewhere'))).status).toBe(401);
    await server.send(callOf('read_reports'), { token: server.token(dave) });
    expect(calls).toEqual([]);
    await server.send(callOf('elsewhere'), { token: server.token(dave) });
    expect(calls).toEqual(['registered']);
  });
});

describe('A tool registered at run time', () => {
  it('is under the rules in front', async () => {
    const server = await startMcpServer([Reports], { endpoint: [RequireScope('write:reports')] });
    server.strategy.registerTool({
      name: 'late',
      description: '',
      handler: () => calls.push('late'),
    });
    expect((await server.send(callOf('late'))).status).toBe(401);
    expect((await server.send(callOf('late'), { token: server.token(dave) })).status).toBe(403);
    expect(calls).toEqual([]);
    await server.send(callOf('late'), { token: server.token(dave, ['write:reports']) });
    expect(calls).toEqual(['late']);
  });
});
