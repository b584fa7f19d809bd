import { inspect } from 'node:util';
import { Controller, Get, Injectable, Logger, Module, type DynamicModule } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { McpController as McpTools, Prompt, Resource, Tool } from '@rekog/mcp-nest';
import {
  PropelAuthModule,
  Public,
  RequireOrgRole,
  RequireUser,
  type PropelAuthModuleOptions,
  type PropelAuthPlugin,
} from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken, RequireScope, type McpOptions } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { StartupAudit } from '../../lib/startup/startup-audit.js';
import { LimitedLog } from '../../lib/values/limited-log.js';
import { failureOf, startApplication } from '../support/application.js';
import { issuer, request } from '../support/guarded-application.js';
import { McpPropelAuth, mcpUser } from '../support/mcp.js';
import {
  callOf,
  listOf,
  mcpNest,
  rpc,
  startMcpServer,
  type McpSetup,
} from '../support/mcp-nest.js';
import { INTROSPECTION, mcp } from '../support/mcp-options.js';
import { alice as member } from '../support/project.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { routeUnder } from '../support/routes.js';
import { messageOf } from '../support/start-error.js';

const METADATA_PATH = '/.well-known/oauth-protected-resource/mcp';
const alice = mcpUser('alice');

/** A provider that the options of the plugin depend on. */
@Injectable()
class Configuration {
  readonly mcp: McpOptions | false = mcp;
}

@Injectable()
class Off extends Configuration {
  override readonly mcp = false;
}

@Module({ providers: [Configuration, Off], exports: [Configuration, Off] })
class ConfigurationModule {}

/** `mcpServer()` with options from a provider, which arrive later. */
function configuredBy(provider: typeof Configuration): PropelAuthPlugin {
  return mcpServer({
    imports: [ConfigurationModule],
    inject: [provider],
    useFactory: (configuration: Configuration) => Promise.resolve(configuration.mcp),
  });
}

type Options = PropelAuthModuleOptions & { readonly plugins?: PropelAuthPlugin[] };

const FORMS: [string, (options: Options) => DynamicModule][] = [
  ['forRoot()', (options) => PropelAuthModule.forRoot(options)],
  [
    'forRootAsync()',
    ({ plugins = [], ...options }) =>
      PropelAuthModule.forRootAsync({ plugins, useFactory: async () => options }),
  ],
];

describe.each(FORMS)('mcpServer() in %s', (_form, makeModule) => {
  const start = (plugin: PropelAuthPlugin, options: object, controllers: Type[]) => {
    const imports = [makeModule({ ...issuer.moduleOptions, ...options, plugins: [plugin] })];
    return startApplication({ imports, controllers });
  };

  it.each<[string, () => PropelAuthPlugin]>([
    ['options', () => mcpServer(mcp)],
    ['a factory', () => mcpServer({ useFactory: () => mcp })],
    [
      'an asynchronous factory that injects a provider of an imported module',
      () => configuredBy(Configuration),
    ],
  ])('takes %s', async (_what, plugin) => {
    const { url: authUrl, ...propelAuth } = await startPropelAuth();
    const route = routeUnder('reports', RequireScope('read:reports'));
    const { url } = await start(plugin(), { authUrl, apiUrl: authUrl }, [route]);
    const statusFor = async (token: string) =>
      (await supertest(url).get('/reports').auth(token, { type: 'bearer' })).status;
    expect(await statusFor(propelAuth.token(['read:reports']))).toBe(200);
    expect(await statusFor(propelAuth.token([]))).toBe(403);
    expect(await statusFor('unknown')).toBe(401);
    const metadata = await supertest(url).get(METADATA_PATH);
    expect(metadata.body).toMatchObject({ resource: mcp.resource, scopes_supported: mcp.scopes });
  });

  it.each<[string, () => PropelAuthPlugin]>([
    ['a factory', () => mcpServer({ useFactory: () => false })],
    ['an asynchronous factory', () => configuredBy(Off)],
  ])('is left out if %s returns false', async (_what, plugin) => {
    const { url } = await start(plugin(), {}, [routeUnder('me', RequireUser())]);
    await request(url, member).get('/me').expect(200);
    await supertest(url).get(METADATA_PATH).expect(404);
    const failure = await failureOf(start(plugin(), {}, [routeUnder('mcp', RequireMcpToken())]));
    expect(String(failure)).toContain(MISSING);
  });

  it.each<[string, unknown, string]>([
    ['an option', { ...mcp, resource: '' }, 'mcpServer.resource is missing.'],
    [
      'credentials',
      { ...mcp, introspection: { clientId: '', clientSecret: '' } },
      'mcpServer.introspection.clientId is missing.',
    ],
    ['a missing option', { resource: mcp.resource }, 'mcpServer.scopes names no scope'],
    ['no options', undefined, 'mcpServer is not an object.'],
    ['true', true, 'mcpServer is not an object.'],
  ])('fails startup for %s that is wrong', async (_what, options, message) => {
    for (const plugin of [
      mcpServer(options as McpOptions),
      mcpServer({ useFactory: () => options as McpOptions }),
    ]) {
      expect(await failureOf(start(plugin, {}, []))).toMatchObject({
        name: 'PropelAuthConfigurationError',
        message: expect.stringContaining(message),
      });
    }
  });

  it('does not print its secrets', () => {
    const plugin = mcpServer(mcp);
    const module = makeModule({ ...issuer.moduleOptions, plugins: [plugin] });
    for (const [printed, name] of [
      [plugin, 'mcpServer'],
      [module, 'McpServerOptions'],
    ] as const) {
      const text = inspect(printed, { depth: Infinity, showHidden: true, getters: true });
      expect(text).toContain(name);
      expect(text + JSON.stringify(printed)).not.toContain(INTROSPECTION.clientSecret);
    }
  });

  it('is no option of the module', async () => {
    const starting = startApplication({
      imports: [makeModule({ ...issuer.moduleOptions, mcp } as Options)],
    });
    expect(await failureOf(starting)).toMatchObject({
      message: expect.stringMatching(/^mcp is not an option of PropelAuthModule/),
    });
  });
});

async function startPropelAuth() {
  const propelAuth = await McpPropelAuth.start();
  return {
    url: propelAuth.url,
    token: (scopes: string[]) => propelAuth.token(alice, scopes),
  };
}

/** Which handlers have run. */
const ran: string[] = [];
beforeEach(() => void (ran.length = 0));

/** A tool, a resource and a prompt under these decorators. */
function partsUnder(...decorators: ClassDecorator[]): Type {
  class Parts {
    @Tool({ name: 'tool', description: '' })
    tool() {
      ran.push('tool');
      return 'done';
    }

    @Resource({ name: 'resource', uri: 'parts://resource', description: '' })
    resource() {
      ran.push('resource');
      return { contents: [] };
    }

    @Prompt({ name: 'prompt', description: '' })
    prompt() {
      ran.push('prompt');
      return { messages: [] };
    }
  }
  for (const decorate of decorators) decorate(Parts);
  McpTools()(Parts);
  return Parts;
}

const MESSAGES = [
  callOf('tool'),
  rpc('resources/read', { uri: 'parts://resource' }),
  rpc('prompts/get', { name: 'prompt' }),
];

@Controller()
class PlainController {
  @Get('token')
  @RequireMcpToken()
  token() {
    ran.push('token');
  }

  @Get('scope')
  @RequireScope('read:reports')
  scope() {
    ran.push('scope');
  }
}

const MISSING =
  "The handler accepts callers of the kind 'mcp', which the application does not have. Add the class of the kind to callerKinds in " +
  "PropelAuthModule.forRoot(), or its plugin to plugins (mcpServer() of nestjs-propelauth/mcp for 'mcp'), or correct the name.";

const DEFAULT = { requireUserByDefault: true };

/** What an application says that serves MCP clients without the plugin. */
const messageFor = (parts: Type[], setup: McpSetup) =>
  messageOf(startMcpServer(parts, { mcp: null, ...setup }));

describe.each(['error', 'warn'] as const)('Without mcpServer(), under startupAudit: %s', (mode) => {
  it('startup fails for routes under @RequireMcpToken() and @RequireScope()', async () => {
    const propelAuth = PropelAuthModule.forRoot({ ...issuer.moduleOptions, startupAudit: mode });
    const starting = startApplication({ imports: [propelAuth], controllers: [PlainController] });
    expect(await messageOf(starting)).toBe(
      [
        'These handlers accept kinds of callers that they cannot use:',
        `PlainController.token (GET /token): ${MISSING}`,
        `PlainController.scope (GET /scope): ${MISSING}`,
      ].join('\n- '),
    );
  });

  it.each<[string, Type, McpSetup, string]>([
    [
      'guarded tools, which no controller serves',
      partsUnder(RequireMcpToken()),
      { endpoint: null },
      'Parts.tool (MCP)',
    ],
    [
      'tools under an organization rule, behind a public controller',
      partsUnder(RequireOrgRole('Admin')),
      { endpoint: [Public()] },
      'Parts.resource (MCP)',
    ],
    [
      'tools under a rule for users',
      partsUnder(RequireUser()),
      { endpoint: null },
      'Parts.prompt (MCP)',
    ],
    [
      'a guarded controller in front of undecorated tools',
      partsUnder(),
      { endpoint: [RequireMcpToken()] },
      'McpEndpoint.post (POST /mcp)',
    ],
    [
      'a controller for users in front of undecorated tools',
      partsUnder(),
      { endpoint: [RequireUser()] },
      'McpEndpoint.post (POST /mcp)',
    ],
    [
      'undecorated tools under requireUserByDefault, connected with their guards',
      partsUnder(),
      { endpoint: null, options: DEFAULT, connection: { inheritAppConfig: true } },
      'Parts.tool (MCP)',
    ],
    [
      'undecorated tools under requireUserByDefault, which no controller serves',
      partsUnder(),
      { endpoint: null, options: DEFAULT },
      'Parts.tool (MCP)',
    ],
    [
      'an undecorated controller under requireUserByDefault',
      partsUnder(Public()),
      { endpoint: [], options: DEFAULT },
      'McpEndpoint.post (POST /mcp)',
    ],
  ])('startup fails for %s', async (_what, parts, setup, handler) => {
    const options = { ...setup.options, startupAudit: mode };
    expect(await messageFor([parts], { ...setup, options })).toContain(`${handler}: ${MISSING}`);
  });

  it.each<[string, McpSetup]>([
    ['no controller', { endpoint: null }],
    ['an undecorated controller', { endpoint: [] }],
    ['a public controller', { endpoint: [Public()] }],
  ])('startup fails for undecorated tools beside public ones, behind %s', async (_what, setup) => {
    class Others {
      @Tool({ name: 'other', description: '' })
      other() {}
    }
    McpTools()(Others);
    const parts = [partsUnder(Public()), Others];
    const message = await messageFor(parts, { ...setup, options: { startupAudit: mode } });
    expect(message).toContain(`Others.other (MCP): ${MISSING}`);
  });

  it.each<[string, McpSetup]>([
    ['a public controller', { endpoint: [Public()] }],
    ['an undecorated controller', { endpoint: [] }],
  ])('undecorated tools alone start behind %s', async (_what, setup) => {
    const options = { startupAudit: mode };
    const server = await startMcpServer([partsUnder()], { mcp: null, ...setup, options });
    expect((await server.send(callOf('tool'))).status).toBe(200);
  });

  it.each<[string, McpSetup]>([
    ['a public controller', { endpoint: [Public()] }],
    ['a public controller, under requireUserByDefault', { endpoint: [Public()], options: DEFAULT }],
    ['no controller', { endpoint: null }],
  ])('public tools start behind %s, and are served', async (_what, setup) => {
    const options = { ...setup.options, startupAudit: mode };
    const server = await startMcpServer([partsUnder(Public())], { mcp: null, ...setup, options });
    if (setup.endpoint === null) return;
    for (const message of MESSAGES) expect((await server.send(message)).status).toBe(200);
    expect(ran).toEqual(['tool', 'resource', 'prompt']);
  });
});

/** Starts an application whose startup audit does nothing. */
const startUnchecked = (controllers: Type[], setup: McpSetup = {}) => {
  const { endpoints, connect } = mcpNest(setup);
  const propelAuth = PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...setup.options });
  return startApplication(
    { imports: [propelAuth], controllers: [...controllers, ...endpoints] },
    connect,
    (builder) => builder.overrideProvider(StartupAudit).useValue({ assertNothingIsOpen: () => {} }),
  );
};

describe('Without mcpServer(), in an application whose startup audit does not run,', () => {
  const logger = new RecordingLogger();
  beforeEach(() => {
    logger.lines.length = 0;
    Logger.overrideLogger(logger);
    // Each line is logged once a minute.
    jest.spyOn(LimitedLog.prototype, 'error').mockImplementation((text) => {
      logger.error(text);
      return true;
    });
  });

  it.each<[string, () => Promise<Record<string, string>>]>([
    ['no token', async () => ({})],
    ['an MCP token', async () => ({ authorization: 'Bearer mcp-token' })],
    ['a user’s token', async () => ({ authorization: await issuer.authorization(member) })],
    ['an API key', async () => ({ 'x-api-key': 'a-key' })],
    ['the Origin of a web page', async () => ({ origin: 'https://evil.example.com' })],
  ])('a rule about MCP tokens returns 500: %s', async (_what, headers) => {
    const { url } = await startUnchecked([PlainController]);
    for (const path of ['/token', '/scope']) {
      const response = await supertest(url)
        .get(path)
        .set(await headers());
      expect([response.status, response.headers['www-authenticate']]).toEqual([500, undefined]);
    }
    expect(ran).toEqual([]);
    expect(logger.of('error').join()).toContain(
      'PlainController has a rule about callers whom nothing in the application identifies, so its calls return 500. Add ' +
        'the plugin that identifies them to plugins in PropelAuthModule.forRoot(), or your own kind to callerKinds.',
    );
  });

  it.each<[string, ClassDecorator[], McpSetup, number]>([
    ['a guarded controller', [], { endpoint: [RequireMcpToken()] }, 500],
    [
      'a guarded controller in front of public tools',
      [Public()],
      { endpoint: [RequireMcpToken()] },
      500,
    ],
    [
      'an undecorated controller under requireUserByDefault',
      [],
      { endpoint: [], options: DEFAULT },
      500,
    ],
    [
      'a public controller in front of guarded tools',
      [RequireMcpToken()],
      { endpoint: [Public()] },
      200,
    ],
    [
      'a public controller in front of tools under an organization rule',
      [RequireOrgRole('Admin')],
      { endpoint: [Public()] },
      200,
    ],
  ])('no handler runs behind %s', async (_what, decorators, setup, status) => {
    const { url } = await startUnchecked([partsUnder(...decorators)], setup);
    const authorization = await issuer.authorization(member);
    // Of the HTTP request, or of the call in it.
    const error = status === 200 ? /"isError":true|"error":/ : /Internal Server Error/;
    for (const token of ['Bearer mcp-token', authorization, undefined]) {
      for (const message of MESSAGES) {
        const response = await supertest(url)
          .post('/mcp')
          .set({
            accept: 'application/json, text/event-stream',
            ...(token !== undefined && { authorization: token }),
          })
          .send(message);
        if (process.env['DBG']) console.error(logger.text, response.text);
        expect([response.status, response.text]).toEqual([status, expect.stringMatching(error)]);
      }
    }
    expect(ran).toEqual([]);
  });

  it('lists of tools behind a guarded controller return 500', async () => {
    const { url } = await startUnchecked([partsUnder()], { endpoint: [RequireMcpToken()] });
    const response = await supertest(url)
      .post('/mcp')
      .set('accept', 'application/json, text/event-stream')
      .send(listOf('tools'));
    expect(response.status).toBe(500);
  });
});
