import { All, Controller, Post, Req, Res } from '@nestjs/common';
import {
  Client as Client2,
  InsufficientScopeError,
  StreamableHTTPClientTransport as ClientTransport2,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as ClientTransport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer as McpServer1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createMcpHandler, McpServer as McpServer2 } from '@modelcontextprotocol/server';
import { PropelAuthModule } from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { registerCleanup } from '../support/clean-up.js';
import { startApplication, type RunningApplication } from '../support/application.js';
import { ACME, ACME_ID, alice } from '../support/project.js';
import { METADATA_URL, RESOURCE } from '../support/mcp-options.js';
import { nodeResponseOf, type Incoming, type Outgoing } from './node-exchange.js';

/** What a tool was told of its caller. */
let told: unknown;

function resultOf(authInfo: unknown) {
  told = authInfo;
  return { content: [{ type: 'text' as const, text: 'done' }] };
}

const handlerOfSdk2 = toNodeHandler(
  createMcpHandler(() => {
    const server = new McpServer2({ name: 'of SDK 2', version: '1.0.0' });
    server.registerTool('whoami', { description: 'Who is calling' }, (context) =>
      resultOf(context.http?.authInfo),
    );
    return server;
  }),
);

@Controller()
class McpEndpoints {
  @All('v2')
  @RequireMcpToken()
  withSdk2(@Req() request: Incoming, @Res() response: Outgoing) {
    return handlerOfSdk2(request.raw ?? request, nodeResponseOf(response), request.body);
  }

  @All('v2/write')
  @RequireScope('write')
  withSdk2AndScope(@Req() request: Incoming, @Res() response: Outgoing) {
    return handlerOfSdk2(request.raw ?? request, nodeResponseOf(response), request.body);
  }

  @Post('v1')
  @RequireMcpToken()
  withSdk1(@Req() request: Incoming, @Res() response: Outgoing) {
    return handleWithSdk1(request, response);
  }

  @Post('v1/write')
  @RequireScope('write')
  withSdk1AndScope(@Req() request: Incoming, @Res() response: Outgoing) {
    return handleWithSdk1(request, response);
  }
}

/** Without sessions: a server for each request. */
async function handleWithSdk1(request: Incoming, response: Outgoing): Promise<void> {
  const server = new McpServer1({ name: 'of SDK 1', version: '1.0.0' });
  server.registerTool('whoami', { description: 'Who is calling' }, (extra) =>
    resultOf(extra.authInfo),
  );
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  const nodeResponse = nodeResponseOf(response);
  nodeResponse.on('close', () => void server.close());
  await server.connect(transport);
  await transport.handleRequest(request.raw ?? request, nodeResponse, request.body);
}

/** A client of either SDK. */
interface AnyClient {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string }): Promise<unknown>;
}

async function connect1(url: string, token: string): Promise<AnyClient> {
  const client = new Client1({ name: 'a client', version: '1.0.0' });
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  registerCleanup(() => client.close());
  await client.connect(new ClientTransport1(new URL(url), { requestInit }));
  return client;
}

async function connect2(url: string, token: string): Promise<AnyClient> {
  const client = new Client2({ name: 'a client', version: '1.0.0' });
  const authProvider = { token: () => Promise.resolve(token) };
  registerCleanup(() => client.close());
  await client.connect(new ClientTransport2(new URL(url), { authProvider }));
  return client;
}

describe('The official SDK in a plain controller', () => {
  let issuer: TestIssuer;
  let application: RunningApplication;

  beforeAll(async () => {
    issuer = await TestIssuer.create();
    const { introspection } = issuer;
    const plugins = [mcpServer({ resource: RESOURCE, scopes: ['read', 'write'], introspection })];
    const imports = [PropelAuthModule.forRoot({ ...issuer.moduleOptions, plugins })];
    application = await startApplication(
      { imports, controllers: [McpEndpoints] },
      undefined,
      (builder) => overridePropelAuth(builder, { issuer }),
    );
  });

  beforeEach(() => {
    told = undefined;
  });

  const eachSdk = describe.each([
    { server: 'v1', client: 'of SDK 1', connect: connect1 },
    { server: 'v1', client: 'of SDK 2', connect: connect2 },
    { server: 'v2', client: 'of SDK 1', connect: connect1 },
    { server: 'v2', client: 'of SDK 2', connect: connect2 },
  ]);

  eachSdk('($server), called by the client $client', ({ server, connect }) => {
    it('lists its tools and passes them the caller, without the token', async () => {
      const options = { scopes: ['read'], org: ACME.orgName, clientId: 'the-client' };
      const token = issuer.mcpToken(alice, options);
      const client = await connect(`${application.url}/${server}`, token);
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['whoami']);
      await client.callTool({ name: 'whoami' });
      expect(told).toEqual({
        token: '',
        clientId: 'the-client',
        scopes: ['read'],
        expiresAt: expect.any(Number) as unknown,
        resource: new URL(RESOURCE),
        extra: { userId: alice.userId, orgId: ACME_ID },
      });
    });

    it('serves a route under @RequireScope() to a token with the scope', async () => {
      const token = issuer.mcpToken(alice, { scopes: ['write'] });
      const client = await connect(`${application.url}/${server}/write`, token);
      await client.callTool({ name: 'whoami' });
      expect(told).toMatchObject({ scopes: ['write'] });
    });
  });

  describe.each(['v1', 'v2'])('(%s), to the client of SDK 2', (server) => {
    it('returns 401 with the address of the metadata without a token', async () => {
      const challenges: (string | null)[] = [];
      const transport = new ClientTransport2(new URL(`${application.url}/${server}/write`), {
        authProvider: {
          token: () => Promise.resolve(undefined),
          onUnauthorized: ({ response }) => {
            challenges.push(response.headers.get('www-authenticate'));
            throw new UnauthorizedError('There is no token');
          },
        },
      });
      const client = new Client2({ name: 'a client', version: '1.0.0' });
      await expect(client.connect(transport)).rejects.toThrow(UnauthorizedError);
      expect(challenges).toEqual([`Bearer scope="write", resource_metadata="${METADATA_URL}"`]);
    });

    it('returns 403 with the scope to a client without it, so that it can step up', async () => {
      const token = issuer.mcpToken(alice, { scopes: ['read'] });
      const error = await connect2(`${application.url}/${server}/write`, token).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(InsufficientScopeError);
      expect(error).toMatchObject({
        requiredScope: 'write',
        resourceMetadataUrl: new URL(METADATA_URL),
      });
      expect(told).toBeUndefined();
    });
  });
});
