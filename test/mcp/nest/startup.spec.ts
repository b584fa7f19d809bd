import { Controller, SetMetadata, UseGuards, type ModuleMetadata, type Type } from '@nestjs/common';
import { callersNameOf } from '../../support/callers.js';
import { kindsOfPropelAuth, noOwn } from '../../support/written-rules.js';
import {
  McpController,
  McpHttpControllerFor,
  McpStrategy,
  MCP_STRATEGY,
  Prompt,
  Resource,
  ResourceTemplate,
  StreamableHttpTransport,
  Tool,
  type StreamableHttpTransportOptions,
} from '@rekog/mcp-nest';
import {
  activeOrg,
  DenyImpersonation,
  OptionalUser,
  orgFromQuery,
  PropelAuthGuard,
  Public,
  RequireApiKey,
  RequireOrgRole,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { Policies } from '../../../lib/rules/policies.js';
import type { Policy } from '../../../lib/rules/policy.js';
import { roleOf } from '../../../lib/transports/call-of.js';
import { startMcpServer, type McpSetup } from '../../support/mcp-nest.js';
import { decorateHandler } from '../../support/routes.js';
import { messageOf } from '../../support/start-error.js';
import { Reports } from './reports.parts.js';

function messageFor(parts: Type[], setup: McpSetup = {}): Promise<string> {
  return messageOf(startMcpServer(parts, setup));
}

/** A tool under these decorators. */
function toolUnder(...decorators: MethodDecorator[]): Type {
  class Tools {
    run() {
      return 'done';
    }
  }
  decorateHandler(Tools, 'run', Tool({ name: 'run', description: '' }), ...decorators);
  McpController()(Tools);
  return Tools;
}

function underScope(type: Type): Type {
  RequireScope('read:reports')(type);
  return type;
}

function underGuard(type: Type): Type {
  UseGuards(PropelAuthGuard)(type);
  return type;
}

@McpController()
class Heir extends underScope(toolUnder()) {}

/** What startup says of a method without an access decorator. */
function undecorated(type: string, method: string, what: string): string {
  return (
    `- ${type}.${method} (MCP): The ${what} has no access decorator, so calls that no endpoint controller checks are open, such as ` +
    `over stdio or with mount: true. Add @RequireMcpToken() to ${type}, or another rule or @Public() to the method.`
  );
}

const BY_DEFAULT: McpSetup = { options: { requireUserByDefault: true } };

@McpController()
class Undecorated {
  @Tool({ name: 'run', description: '' })
  run() {}

  @Resource({ uri: 'reports://all' })
  read() {}

  @ResourceTemplate({ uriTemplate: 'reports://{id}' })
  find() {}

  @Prompt({ name: 'ask', description: '' })
  ask() {}
}

/** A tool as version 1 writes it: its decorators make no message handlers. */
@Controller('version1')
class OfVersion1 {
  @SetMetadata('mcp:tool', { name: 'run', description: '' })
  run() {}
}

@McpController()
class HalfGuarded {
  @Tool({ name: 'guarded', description: '' })
  @RequireMcpToken()
  guarded() {}

  @Tool({ name: 'plain', description: '' })
  plain() {}
}

/** Has the strategy among the providers, where it can be seen. */
function withStrategy(
  transport: StreamableHttpTransportOptions,
  options: Partial<ConstructorParameters<typeof McpStrategy>[0]> = {},
): ModuleMetadata {
  const strategy = new McpStrategy({
    name: 'tests',
    version: '1.0.0',
    logging: false,
    ...options,
    transports: [new StreamableHttpTransport(transport)],
  });
  return { providers: [{ provide: MCP_STRATEGY, useValue: strategy }] };
}

describe('An application with mcp-nest fails to start', () => {
  it.each([
    ['tools under rules', Reports],
    ['tools without rules', Undecorated],
  ])('without an endpoint controller: %s', async (_what, parts) => {
    expect(await messageFor([parts], { endpoint: null })).toMatch(
      /no guarded controller serves[^]*@RequireMcpToken\(\) class McpEndpoint extends McpHttpControllerFor/,
    );
  });

  it('with a public endpoint controller', async () => {
    expect(await messageFor([Reports], { endpoint: [] })).toContain(
      'McpEndpoint: the controller is open, because it has no access decorator. Add @RequireMcpToken() or @Public().',
    );
  });

  it.each<[string, ClassDecorator]>([
    ['@RequireUser()', RequireUser()],
    ['@OptionalUser()', OptionalUser()],
    ['@RequireApiKey()', RequireApiKey()],
    ['@RequireUserOrApiKey()', RequireUserOrApiKey()],
  ])('with an endpoint under %s, whatever startupAudit says', async (name, decorator) => {
    const endpoint = endpointUnder(decorator);
    const message = await messageFor([Reports], {
      endpoint: null,
      metadata: { controllers: [endpoint] },
      options: { startupAudit: 'warn' },
    });
    expect(message).toContain(`Front: ${name} rejects every MCP client`);
    expect(message).toContain('Use @RequireMcpToken() or @Public() instead.');
    expect(callersNameOf(policyOf(endpoint).callers)).toBe('nobody');
  });

  it.each<[string, McpSetup]>([
    ['a guarded controller', {}],
    ['a guarded controller, whatever startupAudit says', { options: { startupAudit: 'warn' } }],
    ['a public controller', { endpoint: [Public()] }],
    ['a public and a guarded controller', { metadata: { controllers: [endpointUnder(Public())] } }],
    ['a controller under further rules', { endpoint: [RequireScope('read:reports')] }],
    ['a guarded controller, and with mount: true', { transport: { mount: true } }],
    ['no controller', { endpoint: null }],
    ['a global guard', BY_DEFAULT],
    [
      'a global guard that reaches tools',
      { ...BY_DEFAULT, connection: { inheritAppConfig: true } },
    ],
  ])(
    'with a tool, resource, template or prompt without an access decorator, behind %s',
    async (_which, setup) => {
      const message = await messageFor([Undecorated, HalfGuarded], setup);
      for (const finding of [
        undecorated('Undecorated', 'run', 'tool run'),
        undecorated('Undecorated', 'read', 'resource reports://all'),
        undecorated('Undecorated', 'find', 'resource template reports://{id}'),
        undecorated('Undecorated', 'ask', 'prompt ask'),
        undecorated('HalfGuarded', 'plain', 'tool plain'),
      ]) {
        expect(message).toContain(finding);
      }
      expect(message).not.toContain('HalfGuarded.guarded');
    },
  );

  it.each<[string, ModuleMetadata]>([
    ['provider', { providers: [OfVersion1] }],
    ['controller', { controllers: [OfVersion1] }],
  ])(
    'with version 1 of mcp-nest, which calls no guards: a tool of a %s, whatever startupAudit says',
    async (_where, metadata) => {
      const options = { startupAudit: 'warn' } as const;
      for (const parts of [[], [Reports]]) {
        expect(await messageFor(parts, { metadata, options })).toContain(
          "- OfVersion1: this version of @rekog/mcp-nest calls tools, resources and prompts without Nest's guards, so access rules cannot " +
            'protect them. Install @rekog/mcp-nest 2.',
        );
      }
    },
  );

  it.each(['tools/list', 'resources/read'] as const)(
    'with results that clients may share: %s',
    async (result) => {
      const metadata = withStrategy({}, { cacheHints: { [result]: { cacheScope: 'public' } } });
      expect(await messageFor([Reports], { metadata })).toContain(`cacheHints['${result}']`);
    },
  );

  it.each<[string, Type]>([
    ['its methods', toolUnder(RequireScope('read:reports'))],
    ['the class', underScope(toolUnder())],
  ])('with rules on tools in providers instead of controllers: on %s', async (_where, tools) => {
    const message = await messageFor([Reports], { metadata: { providers: [tools] } });
    expect(message).toContain(
      'Tools: MCP clients cannot call its tools, resources and prompts, because the class is not a controller.',
    );
    expect(message).toContain('Move it from the providers of its module to the controllers.');
    expect(message).not.toContain('Remove it');
  });

  it.each<[string, MethodDecorator[], string]>([
    ['@RequireUser()', [RequireUser()], '@RequireUser() rejects every MCP client'],
    ['@RequireApiKey()', [RequireApiKey()], '@RequireApiKey() rejects every MCP client'],
    ['@DenyImpersonation()', [RequireMcpToken(), DenyImpersonation()], '@DenyImpersonation()'],
    [
      'an organization in the query',
      [RequireOrgRole('Admin', { org: orgFromQuery('org') })],
      'which a call of an MCP client does not have',
    ],
    ['an unknown scope', [RequireScope('read:nothing')], '"read:nothing"'],
  ])('with requirements that no MCP client can meet: %s', async (_what, decorators, words) => {
    expect(await messageFor([toolUnder(...decorators)])).toContain(words);
  });
});

describe('An application with mcp-nest starts', () => {
  it.each<[string, Type[], McpSetup]>([
    ['with tools under a rule of their class', [underScope(toolUnder())], {}],
    ['with tools under a rule of a parent class', [Heir], {}],
    ['with tools under a guard of their own', [underGuard(toolUnder())], {}],
    [
      'with public tools behind a public controller',
      [toolUnder(Public())],
      { endpoint: [Public()] },
    ],
    ['with public tools behind a guarded controller', [toolUnder(Public())], {}],
    ['without anything from PropelAuth', [Undecorated], { endpoint: null, mcp: null }],
    [
      'with a strategy among its providers',
      [Reports],
      { metadata: withStrategy({ mount: false }) },
    ],
    [
      'behind a custom controller',
      [Reports],
      { endpoint: null, metadata: { controllers: [endpointUnder(RequireMcpToken())] } },
    ],
  ])('%s', async (_what, parts, setup) => {
    expect(await messageFor(parts, setup)).toBe('');
  });
});

function endpointUnder(...decorators: ClassDecorator[]): Type {
  class Front extends McpHttpControllerFor(new StreamableHttpTransport()) {}
  for (const decorate of [...decorators, Controller('endpoint')]) decorate(Front);
  return Front;
}

/** What the guard goes by, should such an application ever run. */
function policyOf(endpoint: Type): Policy {
  const policies = new Policies({
    globalRules: [],
    orgSource: activeOrg(),
    kinds: kindsOfPropelAuth,
    roleOf,
    own: noOwn,
  });
  return policies.ofHandler(endpoint, (endpoint.prototype as { readonly post: Function }).post);
}
