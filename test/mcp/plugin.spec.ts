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
import { issuer, request, startGuarded } from '../support/guarded-application.js';
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
    ['a factory that awaits a provider of an imported module', () => configuredBy(Configuration)],
  ])('takes %s', async (_what, plugin) => {
    const propelAuth = await McpPropelAuth.start();
    const route = routeUnder('reports', RequireScope('read:reports'));
    const urls = { authUrl: propelAuth.url, apiUrl: propelAuth.url };
    const { url } = await start(plugin(), urls, [route]);
    const statusFor = async (token: string) =>
      (await supertest(url).get('/reports').auth(token, { type: 'bearer' })).status;
    expect(await statusFor(propelAuth.token(alice, ['read:reports']))).toBe(200);
    expect(await statusFor(propelAuth.token(alice, []))).toBe(403);
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

// How tools are served.
const ALONE: McpSetup = { endpoint: null };
const BEHIND_PLAIN: McpSetup = { endpoint: [] };
const BEHIND_PUBLIC: McpSetup = { endpoint: [Public()] };
const BEHIND_GUARDED: McpSetup = { endpoint: [RequireMcpToken()] };
const BEHIND_USERS: McpSetup = { endpoint: [RequireUser()] };
const by = (setup: McpSetup): McpSetup => ({ ...setup, options: { requireUserByDefault: true } });

const plain = partsUnder();
const open = partsUnder(Public());
const guarded = partsUnder(RequireMcpToken());
const ofAdmins = partsUnder(RequireOrgRole('Admin'));
const ofUsers = partsUnder(RequireUser());

class Others {
  @Tool({ name: 'other', description: '' })
  other() {}
}
McpTools()(Others);

describe.each(['error', 'warn'] as const)('Without mcpServer(), under startupAudit: %s', (mode) => {
  const start = (parts: Type[], setup: McpSetup) =>
    startMcpServer(parts, {
      mcp: null,
      ...setup,
      options: { ...setup.options, startupAudit: mode },
    });

  it('startup fails for routes under @RequireMcpToken() and @RequireScope()', async () => {
    const starting = startGuarded({ controllers: [PlainController] }, { startupAudit: mode });
    expect(await messageOf(starting)).toBe(
      [
        'These handlers accept kinds of callers that they cannot use:',
        `PlainController.token (GET /token): ${MISSING}`,
        `PlainController.scope (GET /scope): ${MISSING}`,
      ].join('\n- '),
    );
  });

  it.each<[what: string, parts: Type[], setup: McpSetup, handler: string]>([
    ['guarded tools, which no controller serves', [guarded], ALONE, 'Parts.tool (MCP)'],
    ['tools of an organization', [ofAdmins], BEHIND_PUBLIC, 'Parts.resource (MCP)'],
    ['tools of users', [ofUsers], ALONE, 'Parts.prompt (MCP)'],
    ['a guarded controller', [plain], BEHIND_GUARDED, 'McpEndpoint.post (POST /mcp)'],
    ['a controller for users', [plain], BEHIND_USERS, 'McpEndpoint.post (POST /mcp)'],
    [
      'undecorated tools by default, connected with their guards',
      [plain],
      { ...by(ALONE), connection: { inheritAppConfig: true } },
      'Parts.tool (MCP)',
    ],
    ['undecorated tools by default', [plain], by(ALONE), 'Parts.tool (MCP)'],
    [
      'an undecorated controller by default',
      [open],
      by(BEHIND_PLAIN),
      'McpEndpoint.post (POST /mcp)',
    ],
    ['undecorated tools beside public ones', [open, Others], ALONE, 'Others.other (MCP)'],
    ['such tools, behind a controller', [open, Others], BEHIND_PLAIN, 'Others.other (MCP)'],
    ['such tools, behind a public one', [open, Others], BEHIND_PUBLIC, 'Others.other (MCP)'],
  ])('startup fails for %s', async (_what, parts, setup, handler) => {
    expect(await messageOf(start(parts, setup))).toContain(`${handler}: ${MISSING}`);
  });

  it.each<[what: string, parts: Type, setup: McpSetup]>([
    ['undecorated tools, behind a public controller', plain, BEHIND_PUBLIC],
    ['undecorated tools, behind an undecorated controller', plain, BEHIND_PLAIN],
    ['public tools, behind a public controller', open, BEHIND_PUBLIC],
    ['public tools, behind a public controller, by default', open, by(BEHIND_PUBLIC)],
  ])('everybody may call %s', async (_what, parts, setup) => {
    const server = await start([parts], setup);
    for (const message of MESSAGES) expect((await server.send(message)).status).toBe(200);
    expect(ran).toEqual(['tool', 'resource', 'prompt']);
  });

  it('startup accepts public tools that no controller serves', async () => {
    expect(await messageOf(start([open], ALONE))).toBe('');
  });
});

/** Starts an application whose startup audit does nothing. */
function startUnchecked(controllers: Type[], setup: McpSetup = {}) {
  const { endpoints, connect } = mcpNest(setup);
  const propelAuth = PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...setup.options });
  return startApplication(
    { imports: [propelAuth], controllers: [...controllers, ...endpoints] },
    connect,
    (builder) => builder.overrideProvider(StartupAudit).useValue({ assertNothingIsOpen() {} }),
  );
}

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

  it.each<[what: string, parts: Type, setup: McpSetup, status: number]>([
    ['a guarded controller', plain, BEHIND_GUARDED, 500],
    ['a guarded controller, in front of public tools', open, BEHIND_GUARDED, 500],
    ['an undecorated controller by default', plain, by(BEHIND_PLAIN), 500],
    ['a public controller, in front of guarded tools', guarded, BEHIND_PUBLIC, 200],
    ['a public controller, in front of tools of an organization', ofAdmins, BEHIND_PUBLIC, 200],
  ])('no handler runs behind %s', async (_what, parts, setup, status) => {
    const { url } = await startUnchecked([parts], setup);
    const authorization = await issuer.authorization(member);
    // Of the HTTP request, or of the call in it.
    const error = status === 200 ? /"isError":true|"error":/ : /Internal Server Error/;
    for (const token of ['Bearer mcp-token', authorization, undefined]) {
      for (const message of status === 200 ? MESSAGES : [...MESSAGES, listOf('tools')]) {
        const response = await supertest(url)
          .post('/mcp')
          .set({
            accept: 'application/json, text/event-stream',
            ...(token !== undefined && { authorization: token }),
          })
          .send(message);
        expect([response.status, response.text]).toEqual([status, expect.stringMatching(error)]);
      }
    }
    expect(ran).toEqual([]);
  });
});
