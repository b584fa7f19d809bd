import {
  Client,
  InsufficientScopeError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { Public } from 'nestjs-propelauth';
import { registerCleanup } from '../../support/clean-up.js';
import { startMcpServer, type McpServerOfTest } from '../../support/mcp-nest.js';
import { ACME_ID } from '../../support/project.js';
import { calls, OpenReports, Reports } from './reports.parts.js';
import { alice, carol } from './users.js';

let server: McpServerOfTest;
beforeAll(async () => {
  server = await startMcpServer([Reports]);
});
beforeEach(() => void (calls.length = 0));

describe.each(['legacy', { pin: '2026-07-28' }] as const)('The official client, %j', (mode) => {
  async function connect(token?: string, to = server): Promise<Client> {
    const client = new Client(
      { name: 'tests', version: '1.0.0' },
      { versionNegotiation: { mode } },
    );
    registerCleanup(() => client.close());
    const headers: Record<string, string> =
      token === undefined ? {} : { authorization: `Bearer ${token}` };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${to.url}/mcp`), { requestInit: { headers } }),
    );
    return client;
  }

  it('gets a challenge to sign in', async () => {
    await expect(connect()).rejects.toThrow(/401|requires authorization/);
  });

  it('lists the tools, and calls what its user may call', async () => {
    const client = await connect(server.token(alice, ['read:reports']));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'whoami',
      'read_reports',
      'edit_reports',
      'bill',
    ]);
    const { content } = await client.callTool({ name: 'edit_reports', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: JSON.stringify(ACME_ID) }]);
    const { contents } = await client.readResource({ uri: 'items://reports/7' });
    expect(contents).toEqual([{ uri: 'items://reports/7', text: '7' }]);
    const { messages } = await client.getPrompt({ name: 'summarize' });
    expect(messages).toHaveLength(1);
  });

  it('gets the scopes to request', async () => {
    const client = await connect(server.token(alice));
    const error: unknown = await client
      .callTool({ name: 'read_reports', arguments: {} })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InsufficientScopeError);
    expect(error).toMatchObject({ requiredScope: 'read:reports' });
    expect(calls).toEqual([]);
  });

  it.each([
    ['whose role is missing, without scopes to request', carol, [], 'edit_reports', {}],
    ['that rejects its arguments', alice, ['write:reports'], 'bill', { orgId: 'another' }],
  ])('gets an error as the result of a tool %s', async (_which, user, scopes, name, args) => {
    const client = await connect(server.token(user, scopes));
    expect(await client.callTool({ name, arguments: args })).toMatchObject({
      isError: true,
      content: [{ type: 'text', text: 'Forbidden (org_access_denied)' }],
    });
  });

  it('calls public tools without a token if the endpoint controller is public', async () => {
    const open = await startMcpServer([OpenReports, Reports], { endpoint: [Public()] });
    const client = await connect(undefined, open);
    const { content } = await client.callTool({ name: 'hello', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: '"hello"' }]);
    await expect(client.callTool({ name: 'whoami', arguments: {} })).rejects.toThrow('401');
  });
});

describe('A list for a client of 2026-07-28', () => {
  it('must not be shared with other callers', async () => {
    const envelope = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'tests', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const { body } = await server.send(
      { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: envelope } },
      {
        token: server.token(carol),
        headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' },
      },
    );
    expect(body.result).toMatchObject({ cacheScope: 'private' });
  });
});
