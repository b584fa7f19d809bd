import { Controller, Logger, Post, Req, Res, Scope, type Type } from '@nestjs/common';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import {
  McpController,
  McpHttpControllerFor,
  McpStrategy,
  StreamableHttpTransport,
  Tool,
  type McpTransport,
  type McpTransportContext,
} from '@rekog/mcp-nest';
import {
  describeAccess,
  PropelAuthModule,
  Public,
  RequireOrgRole,
  type AccessDecisionEvent,
} from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { Test } from '@nestjs/testing';
import { registerCleanup } from '../../support/clean-up.js';
import { issuer } from '../../support/guarded-application.js';
import { startApplication } from '../../support/application.js';
import { McpPropelAuth } from '../../support/mcp.js';
import {
  callOf,
  listOf,
  mcpNest,
  rpc,
  startMcpServer,
  textOf,
  toolsIn,
} from '../../support/mcp-nest.js';
import { stopLogClock } from '../../support/fake-timers.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { calls, Reports } from './reports.parts.js';
import { alice, bob, carol, dave } from './users.js';
import { INTROSPECTION, RESOURCE, SCOPES } from '../../support/mcp-options.js';

let logger: RecordingLogger;
beforeEach(() => {
  calls.length = 0;
  stopLogClock();
  logger = new RecordingLogger();
});

/** Calls a tool that a guard has rejected with an error in the log. */
const FAULT = { result: { isError: true, content: [{ text: 'Internal Server Error' }] } };

async function callWhoami({ url }: { readonly url: string }, token: string): Promise<string> {
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(callOf('whoami')),
  });
  return response.text();
}

function errors(): string {
  return logger.of('error').join('\n');
}

/** What the client of a resource or prompt gets. */
const forbidden = (errorCode: string) => ({
  code: -32600,
  message: `Forbidden (${errorCode})`,
  data: { errorCode },
});

describe('A controller of the application itself in front of mcp-nest', () => {
  it('leaves the decision about each call to its tool, and gets filtered lists', async () => {
    const http = new StreamableHttpTransport();
    const { httpHandlers } = http;
    @Controller('mcp')
    @RequireMcpToken()
    class OwnEndpoint {
      @Post()
      post(@Req() request: unknown, @Res() response: unknown) {
        return httpHandlers.handlePost(request, response);
      }
    }
    const server = await startMcpServer([Reports], {
      endpoint: null,
      server: { transports: [http] },
      metadata: { controllers: [OwnEndpoint] },
    });
    expect((await server.send(callOf('hello'))).status).toBe(401);
    const token = server.token(carol);
    expect(await server.send(callOf('edit_reports'), { token })).toMatchObject({
      status: 200,
      body: { result: { isError: true, content: [{ text: 'Forbidden (org_access_denied)' }] } },
    });
    expect(
      await server.send(rpc('resources/read', { uri: 'reports://all' }), { token }),
    ).toMatchObject({ status: 200, body: { error: forbidden('scope_missing') } });
    // mcp-nest looks at scopes itself.
    expect((await server.send(callOf('read_reports'), { token })).body.error?.message).toContain(
      'requires scopes: read:reports',
    );
    expect(await server.send(rpc('prompts/get', { name: 'summarize' }), { token })).toMatchObject({
      status: 200,
      body: { error: forbidden('org_access_denied') },
    });
    expect(calls).toEqual([]);
    expect(toolsIn((await server.send(listOf('tools'), { token })).body)).toEqual([
      'hello',
      'plain',
      'whoami',
    ]);
    await server.send(callOf('edit_reports'), { token: server.token(bob) });
    expect(calls).toEqual(['edit_reports']);
  });
});

describe('A call that no guard in front has seen', () => {
  it('is rejected with a log line, except for public tools, and lists hide tools under rules', async () => {
    // The strategy is not among the providers: that it serves itself as well is not seen when the application starts.
    const server = await startMcpServer([Reports], {
      transport: { mount: true, endpoint: '/direct' },
    });
    Logger.overrideLogger(logger);
    const direct = (message: object) =>
      server.send(message, { token: server.token(alice, SCOPES), path: '/direct' });
    expect(textOf((await direct(callOf('hello'))).body)).toBe('"hello"');
    expect(toolsIn((await direct(listOf('tools'))).body)).toEqual(['hello', 'plain']);
    // mcp-nest itself rejects them: nobody has given their role.
    expect((await direct(callOf('whoami'))).body.error?.message).toContain('requires');
    expect(
      (await direct(rpc('resources/read', { uri: 'reports://all' }))).body.error,
    ).toBeDefined();
    expect(errors()).toContain('Reports received a request that no guard has checked');
    expect(calls).toEqual(['hello']);
  });
});

describe('A strategy shared by two applications', () => {
  it('calls the handlers of the first, with a log line for the second', async () => {
    const { endpoints, connect } = mcpNest();
    const [first, second] = [await McpPropelAuth.start(), await McpPropelAuth.start()];
    const start = async ({ moduleOptions }: McpPropelAuth) =>
      startApplication(
        {
          imports: [PropelAuthModule.forRoot(moduleOptions)],
          controllers: [Reports, ...endpoints],
        },
        connect,
      );
    const applications = [await start(first), await start(second)] as const;
    registerCleanup(async () => {
      for (const application of applications) await application.close();
    });
    Logger.overrideLogger(logger);
    expect(await callWhoami(applications[0], first.token(alice))).toContain(alice.userId);
    expect(errors()).toBe('');
    // The first one of each is the same.
    second.token(alice);
    expect(await callWhoami(applications[1], second.token(alice))).toContain('Unauthorized');
    expect(errors()).toMatch(
      /Reports received a request to another application[^]*Create the strategy and its transport in a function/,
    );
  });
});

describe('A session of mcp-nest that the startup check did not see', () => {
  it('has every call under rules rejected', async () => {
    const security = { allowedHosts: 'localhost' as const };
    const server = await startMcpServer([Reports], { transport: { statefulMode: true, security } });
    Logger.overrideLogger(logger);
    const token = server.token(alice, SCOPES);
    const initialize = rpc('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'tests', version: '1.0.0' },
    });
    const { headers } = await server.send(initialize, { token });
    const session = { 'mcp-session-id': headers.get('mcp-session-id') ?? '' };
    const { body } = await server.send(callOf('whoami'), { token, headers: session });
    expect(body).toMatchObject(FAULT);
    expect(errors()).toContain('statefulMode');
    expect(calls).toEqual([]);
  });
});

describe('Results that clients may share and the startup check did not see', () => {
  it('have every call under rules rejected', async () => {
    const server = await startMcpServer([Reports], {
      server: { cacheHints: { 'tools/list': { cacheScope: 'public', ttlMs: 1_000 } } },
    });
    Logger.overrideLogger(logger);
    const { body } = await server.send(callOf('whoami'), { token: server.token(alice) });
    expect(body).toMatchObject(FAULT);
    expect(errors()).toContain("Set cacheScope: 'private'");
    expect(calls).toEqual([]);
  });
});

describe('mcp-nest over stdio', () => {
  /** As that of stdio, in memory. */
  class LocalTransport implements McpTransport {
    readonly kind = 'stdio';

    constructor(private readonly server: InMemoryTransport) {}

    async start(context: McpTransportContext): Promise<void> {
      const session = { transport: this.kind, stateless: false, era: 'legacy' } as const;
      await context.createBoundServer(session).connect(this.server);
    }

    close(): void {}
  }

  it('calls public tools, and none under rules', async () => {
    Logger.overrideLogger(logger);
    const [ofClient, ofServer] = InMemoryTransport.createLinkedPair();
    const transports = [new LocalTransport(ofServer)];
    const strategy = new McpStrategy({ name: 'tests', version: '1', logging: false, transports });
    const mcp = { resource: RESOURCE, introspection: INTROSPECTION, scopes: SCOPES };
    const module = await Test.createTestingModule({
      imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, plugins: [mcpServer(mcp)] })],
      controllers: [Reports],
    }).compile();
    const microservice = module.createNestMicroservice({ strategy, logger });
    registerCleanup(() => microservice.close());
    await microservice.listen();
    const client = new Client({ name: 'tests', version: '1.0.0' });
    registerCleanup(() => client.close());
    await client.connect(ofClient);
    expect((await client.callTool({ name: 'hello', arguments: {} })).isError).toBeUndefined();
    await expect(client.callTool({ name: 'whoami', arguments: {} })).rejects.toThrow(Error);
    await expect(client.readResource({ uri: 'reports://all' })).rejects.toThrow(Error);
    expect(calls).toEqual(['hello']);
    expect(errors()).toContain('Reports is called over stdio, which has no access token');
  });
});

describe('A request-scoped class of tools', () => {
  it('is guarded like others', async () => {
    class Scoped {
      run() {
        calls.push('run');
      }
    }
    decorate(Scoped, 'run', Tool({ name: 'run', description: '' }), RequireScope('read:reports'));
    McpController({ scope: Scope.REQUEST })(Scoped);
    const server = await startMcpServer([Scoped]);
    expect((await server.send(callOf('run'))).status).toBe(401);
    expect((await server.send(callOf('run'), { token: server.token(dave) })).status).toBe(403);
    expect(calls).toEqual([]);
    await server.send(callOf('run'), { token: server.token(dave, ['read:reports']) });
    expect(calls).toEqual(['run']);
  });
});

describe('A class of tools under a rule', () => {
  it('applies it to all tools, except those under @Public()', async () => {
    class Guarded {
      open() {
        calls.push('open');
      }

      closed() {
        calls.push('closed');
      }
    }
    decorate(Guarded, 'open', Tool({ name: 'open', description: '' }), Public());
    decorate(Guarded, 'closed', Tool({ name: 'closed', description: '' }));
    for (const decorateClass of [RequireOrgRole('Admin'), McpController()]) decorateClass(Guarded);
    const server = await startMcpServer([Guarded]);
    await server.send(callOf('open'));
    expect((await server.send(callOf('closed'), { token: server.token(carol) })).status).toBe(403);
    await server.send(callOf('closed'), { token: server.token(bob) });
    expect(calls).toEqual(['open', 'closed']);
  });
});

describe('Reports about mcp-nest', () => {
  it('name tools, resources and prompts, and contain no token', async () => {
    const events: AccessDecisionEvent[] = [];
    const server = await startMcpServer([Reports], {
      options: { onDecision: (event) => void events.push(event) },
    });
    const token = server.token(carol);
    await server.send(callOf('edit_reports'), { token });
    await server.send(callOf('whoami'), { token });
    await server.send(listOf('tools'), { token });
    const endpoint = { controller: 'McpEndpoint', handler: 'post', method: 'POST', path: '/mcp' };
    const mcp = 'tool whoami';
    expect(events).toMatchObject([
      { allowed: false, reason: 'role_missing', route: { ...endpoint, mcp: 'tool edit_reports' } },
      { allowed: true, userId: carol.userId, route: { ...endpoint, mcp } },
      { allowed: true, route: { controller: 'Reports', handler: 'whoami', mcp } },
      { allowed: true, route: endpoint },
    ]);
    expect(JSON.stringify(events)).not.toContain(token);
  });

  it.each<[string, ClassDecorator[], string]>([
    ['of a public controller', [Public()], 'public'],
    [
      'of one that requires a scope',
      [RequireScope('read:reports')],
      'MCP client, with scope read:reports',
    ],
  ])('describe a tool without rules with those in front: %s', async (_what, endpoint, summary) => {
    const { app } = await startMcpServer([Reports], { endpoint });
    expect(describeAccess(app)).toContainEqual(
      expect.objectContaining({ name: 'tool plain', summary }),
    );
  });

  it('describe a tool without rules as open behind several controllers', async () => {
    @Controller('other')
    @RequireMcpToken()
    class Other extends McpHttpControllerFor(new StreamableHttpTransport()) {}
    const { app } = await startMcpServer([Reports], { metadata: { controllers: [Other] } });
    expect(describeAccess(app)).toContainEqual(
      expect.objectContaining({ name: 'tool plain', summary: 'open' }),
    );
  });

  it('describe who may call them', async () => {
    const { app } = await startMcpServer([Reports]);
    const described = describeAccess(app).filter(({ transport }) => transport === 'mcp');
    expect(described.map(({ name, summary }) => [name, summary])).toEqual([
      ['prompt greet', 'public'],
      ['prompt summarize', expect.stringContaining('Owner')],
      ['resource reports://all', 'MCP client, with scope read:reports'],
      ['resource reports://open', 'public'],
      ['resource template items://reports/{id}', 'MCP client, with scope read:reports'],
      ['tool bill', expect.stringContaining('can_edit_billing')],
      ['tool edit_reports', expect.stringContaining('Admin and above')],
      ['tool hello', 'public'],
      ['tool plain', 'MCP client'],
      ['tool read_reports', 'MCP client, with scope read:reports'],
      ['tool whoami', 'MCP client'],
    ]);
  });
});

function decorate(type: Type, name: string, ...decorators: MethodDecorator[]): void {
  const prototype = type.prototype as object;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  for (const one of decorators) one(prototype, name, descriptor);
}
