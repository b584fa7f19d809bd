import { Controller, Logger, Post, Req, Res, type Type } from '@nestjs/common';
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
  type AccessDecisionEvent,
} from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken } from 'nestjs-propelauth/mcp';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
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
  type McpSetup,
} from '../../support/mcp-nest.js';
import { stopLogClock } from '../../support/fake-timers.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { calls, OpenReports, Reports } from './reports.parts.js';
import { alice, bob, carol } from './users.js';
import { mcp, SCOPES } from '../../support/mcp-options.js';

let logger: RecordingLogger;
beforeEach(() => {
  calls.length = 0;
  stopLogClock();
  logger = new RecordingLogger();
});

/** Calls a tool that a guard has rejected with an error in the log. */
const FAULT = { result: { isError: true, content: [{ text: 'Internal Server Error' }] } };

function errors(): string {
  return logger.of('error').join('\n');
}

const toolError = (text: string) => ({ result: { isError: true, content: [{ text }] } });
const rpcError = (errorCode: string) => ({
  error: { code: -32600, message: `Forbidden (${errorCode})`, data: { errorCode } },
});

describe('A controller of the application itself in front of mcp-nest', () => {
  it('leaves the decision about each call to its tool', async () => {
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
    expect((await server.send(callOf('whoami'))).status).toBe(401);
    const token = server.token(carol);
    for (const [message, body] of [
      [callOf('edit_reports'), toolError('Forbidden (org_access_denied)')],
      [callOf('read_reports'), toolError('Forbidden (scope_missing)')],
      [rpc('resources/read', { uri: 'reports://all' }), rpcError('scope_missing')],
      [rpc('prompts/get', { name: 'summarize' }), rpcError('org_access_denied')],
    ] as const) {
      expect(await server.send(message, { token })).toMatchObject({ status: 200, body });
    }
    expect(calls).toEqual([]);
    await server.send(callOf('edit_reports'), { token: server.token(bob) });
    expect(calls).toEqual(['edit_reports']);
  });
});

describe('A call that no guard in front has seen', () => {
  it.each<[string, object, McpSetup, unknown]>([
    ['a tool', callOf('whoami'), {}, FAULT],
    ['a tool beside a public controller', callOf('whoami'), { endpoint: [Public()] }, FAULT],
    [
      'a resource',
      rpc('resources/read', { uri: 'reports://all' }),
      {},
      { error: { message: 'Internal Server Error' } },
    ],
  ])('is rejected with a log line: %s', async (_what, message, setup, body) => {
    const server = await startMcpServer([Reports], {
      ...setup,
      transport: { mount: true, endpoint: '/direct' },
    });
    Logger.overrideLogger(logger);
    const direct = { token: server.token(alice, SCOPES), path: '/direct' };
    expect((await server.send(message, direct)).body).toMatchObject(body as object);
    expect(errors()).toContain('Reports received a request that no guard of its application');
    expect(calls).toEqual([]);
  });
});

describe('A strategy shared by two applications', () => {
  it('calls the handlers of the first, and rejects calls through the second with a log line', async () => {
    const { endpoints, connect } = mcpNest();
    const start = async () => {
      const propelAuth = await McpPropelAuth.start();
      const imports = [PropelAuthModule.forRoot(propelAuth.moduleOptions)];
      const controllers = [Reports, ...endpoints];
      const running = await startApplication({ imports, controllers }, connect);
      registerCleanup(() => running.close());
      return async () => {
        const call = supertest(running.url).post('/mcp').send(callOf('whoami'));
        call.set('accept', 'application/json, text/event-stream');
        return (await call.auth(propelAuth.token(alice), { type: 'bearer' })).text;
      };
    };
    const [callFirst, callSecond] = [await start(), await start()];
    Logger.overrideLogger(logger);
    expect(await callFirst()).toContain(alice.userId);
    expect(errors()).toBe('');
    // Their first tokens are the same, so that both know this one.
    expect(await callSecond()).toContain('Internal Server Error');
    expect(errors()).toContain('give each application a strategy and transport of its own');
  });
});

describe('A session of mcp-nest', () => {
  it('has every call under rules rejected', async () => {
    const server = await startMcpServer([Reports], { transport: { statefulMode: true } });
    Logger.overrideLogger(logger);
    const token = server.token(alice, SCOPES);
    const initialize = rpc('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'tests', version: '1.0.0' },
    });
    const { headers } = await server.send(initialize, { token });
    const session = { 'mcp-session-id': headers.get('mcp-session-id') ?? '' };
    for (const user of [alice, bob]) {
      const options = { token: server.token(user, SCOPES), headers: session };
      expect((await server.send(callOf('whoami'), options)).body).toMatchObject(FAULT);
    }
    expect(errors()).toContain('statefulMode');
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

  let [ofClient, ofServer] = InMemoryTransport.createLinkedPair();
  beforeEach(() => void ([ofClient, ofServer] = InMemoryTransport.createLinkedPair()));

  /** Starts an application without HTTP. */
  async function startAlone(...controllers: Type[]): Promise<void> {
    const transports = [new LocalTransport(ofServer)];
    const strategy = new McpStrategy({ name: 'tests', version: '1', logging: false, transports });
    const module = await Test.createTestingModule({
      imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, plugins: [mcpServer(mcp)] })],
      controllers,
    }).compile();
    const microservice = module.createNestMicroservice({ strategy, logger });
    registerCleanup(() => microservice.close());
    await microservice.listen();
  }

  /** Starts an application that serves the tools over HTTP, behind a controller under `@RequireMcpToken()`, and over stdio. */
  async function startBesideHttp(...controllers: Type[]): Promise<void> {
    const http = new StreamableHttpTransport();
    @Controller('mcp')
    @RequireMcpToken()
    class Endpoint extends McpHttpControllerFor(http) {}
    const server = await startMcpServer([...controllers, Endpoint], {
      endpoint: null,
      server: { transports: [http, new LocalTransport(ofServer)] },
    });
    expect((await server.send(callOf('hello'))).status).toBe(401);
  }

  it.each([
    ['without HTTP', startAlone],
    ['beside HTTP', startBesideHttp],
  ])('calls public tools, and none under rules, %s', async (_where, start) => {
    await start(OpenReports, Reports);
    Logger.overrideLogger(logger);
    const client = new Client({ name: 'tests', version: '1.0.0' });
    registerCleanup(() => client.close());
    await client.connect(ofClient);
    expect((await client.callTool({ name: 'hello', arguments: {} })).isError).toBeUndefined();
    expect((await client.callTool({ name: 'whoami', arguments: {} })).isError).toBe(true);
    await expect(client.readResource({ uri: 'reports://all' })).rejects.toThrow(Error);
    expect(calls).toEqual(['hello']);
    expect(errors()).toContain('Reports is called over stdio, which has no access token');
  });

  it('fails to start with a tool without an access decorator', async () => {
    @McpController()
    class Undecorated {
      @Tool({ name: 'undecorated', description: '' })
      run() {}
    }
    await expect(startAlone(OpenReports, Undecorated)).rejects.toThrow(
      'Undecorated.run (MCP): The tool undecorated has no access decorator, so calls that no endpoint controller checks are open',
    );
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
    await server.send(callOf('read_reports'), { token });
    await server.send(callOf('whoami'), { token });
    await server.send(listOf('tools'), { token });
    const endpoint = { controller: 'McpEndpoint', handler: 'post', method: 'POST', path: '/mcp' };
    const whoami = 'tool whoami';
    for (const { address } of events) expect(address).toBe('127.0.0.1');
    expect(events).toMatchObject([
      { allowed: true, route: { ...endpoint, mcp: 'tool edit_reports' } },
      { allowed: false, reason: 'role_missing', route: { controller: 'Reports', handler: 'edit' } },
      { allowed: false, reason: 'scope_missing', route: { ...endpoint, mcp: 'tool read_reports' } },
      { allowed: true, userId: carol.userId, route: { ...endpoint, mcp: whoami } },
      { allowed: true, route: { controller: 'Reports', handler: 'whoami', mcp: whoami } },
      { allowed: true, route: endpoint },
    ]);
    expect(JSON.stringify(events)).not.toContain(token);
  });

  it.each<[string, ClassDecorator]>([
    ['@Public()', Public()],
    ['@RequireMcpToken()', RequireMcpToken()],
  ])('describe who may call them, behind a controller under %s', async (_which, endpoint) => {
    const { app } = await startMcpServer([OpenReports, Reports], { endpoint: [endpoint] });
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
      ['tool read_reports', 'MCP client, with scope read:reports'],
      ['tool whoami', 'MCP client'],
    ]);
  });
});
