import { Controller, Injectable, Post, type Type } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  DenyImpersonation,
  describeAccess,
  OptionalUser,
  orgFromHeader,
  orgFromParam,
  PropelAuthConfigurationError,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { CurrentMcpToken, mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { failureOf, startApplication } from '../support/application.js';
import { everyTransport } from '../support/every-transport.js';
import { issuer, type PropelAuthOptions } from '../support/guarded-application.js';
import { reportsController, type WrittenRules } from '../startup/reports-controller.js';
import { INTROSPECTION, RESOURCE, SCOPES } from '../support/mcp-options.js';

const mcp = { resource: RESOURCE, introspection: INTROSPECTION, scopes: SCOPES };
const read = RequireScope('read:reports');

async function messageFor(
  controllers: Type[],
  options: Partial<PropelAuthOptions> = { plugins: [mcpServer(mcp)] },
): Promise<string> {
  const propelAuth = PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options });
  const error = await failureOf(startApplication({ imports: [propelAuth], controllers }));
  if (error === undefined) return '';
  expect(error).toBeInstanceOf(PropelAuthConfigurationError);
  return (error as Error).message;
}

/** What is written, and the words that the finding has to hold: what is wrong, why, and the way out. */
const mistakes: [string, WrittenRules, string[]][] = [
  [
    'a scope that the metadata does not offer',
    { handler: [RequireScope('read:report')] },
    ['@RequireScope()', '"read:report"', 'not one of mcpServer.scopes', 'correct its spelling'],
  ],
  [
    'such a scope among alternatives',
    { handler: [RequireScope({ anyOf: ['read:reports', 'read:report'] })] },
    ['@RequireScope() requires the scope "read:report"', 'not one of mcpServer.scopes'],
  ],
  [
    'such a scope in @RequireMcpToken() on the class',
    { class: [RequireMcpToken({ scopes: ['read:reports', 'admin'] })] },
    ['@RequireMcpToken()', '"admin"', 'Add it there'],
  ],
  [
    '@DenyImpersonation() beside @RequireMcpToken()',
    { handler: [RequireMcpToken(), DenyImpersonation()] },
    ['@RequireMcpToken() contradicts @DenyImpersonation()', 'does not say whether an employee'],
  ],
  [
    '@DenyImpersonation() over a scope of the class',
    { handler: [DenyImpersonation()], class: [read] },
    ['@RequireScope() contradicts @DenyImpersonation()', 'does not say whether an employee'],
  ],
  [
    'step-up MFA beside a scope',
    { handler: [read, RequireStepUpMfa('PAY')] },
    [
      "@RequireScope() contradicts @RequireStepUpMfa('PAY')",
      'cannot send a step-up grant',
      'Use a scope for this action',
    ],
  ],
  [
    'step-up MFA under @OptionalUser() of the class, which the scope changes',
    { handler: [RequireStepUpMfa('PAY')], class: [OptionalUser(), read] },
    ["@RequireStepUpMfa('PAY')", 'cannot send a step-up grant'],
  ],
  [
    '@RequireMcpToken() on the class of a handler with step-up MFA',
    { handler: [RequireStepUpMfa('PAY')], class: [RequireMcpToken()] },
    ["@RequireMcpToken() contradicts @RequireStepUpMfa('PAY')", 'Use a scope for this action'],
  ],
  [
    '@RequireMcpToken() with @RequireUser()',
    { handler: [RequireMcpToken(), RequireUser()] },
    ['@RequireMcpToken()', '@RequireUser()', 'Remove one'],
  ],
  [
    '@RequireMcpToken() with @RequireApiKey()',
    { class: [RequireMcpToken(), RequireApiKey()] },
    ['@RequireMcpToken()', '@RequireApiKey()', 'Remove one'],
  ],
  [
    '@RequireMcpToken() with @Public()',
    { handler: [RequireMcpToken(), Public()] },
    ['@RequireMcpToken()', '@Public()', 'Remove one'],
  ],
  [
    'a scope under @RequireUser()',
    { handler: [read], class: [RequireUser()] },
    ['@RequireUser() contradicts @RequireScope()', "requires a caller of the kind 'mcp'"],
  ],
  [
    'a scope beside @RequireUserOrApiKey()',
    { handler: [read, RequireUserOrApiKey()] },
    ['@RequireUserOrApiKey() contradicts @RequireScope()', "requires a caller of the kind 'mcp'"],
  ],
  [
    '@OptionalUser() under a scope of the class',
    { handler: [OptionalUser()], class: [read] },
    [
      '@OptionalUser() contradicts @RequireScope()',
      "requires a caller of the kind 'mcp'",
      'or add @OverrideRules()',
    ],
  ],
  [
    '@Public() beside a scope',
    { handler: [Public(), read] },
    ['@Public() contradicts @RequireScope()', 'Remove one of them'],
  ],
  [
    'a tokenSource of an organization rule',
    { handler: [RequireMcpToken(), RequireOrgMember({ tokenSource: () => undefined })] },
    ['tokenSource', 'Authorization header', 'Remove tokenSource'],
  ],
  [
    '@CurrentApiKey() under @RequireMcpToken()',
    { handler: [RequireMcpToken()], parameter: CurrentApiKey() },
    ['@CurrentApiKey()', 'a handler that does not accept API keys'],
  ],
  [
    '@CurrentOrg() without an organization rule',
    { handler: [read], parameter: CurrentOrg() },
    ['@CurrentOrg()', 'Add @RequireOrgMember()'],
  ],
  [
    '@CurrentMcpToken() under @RequireUser()',
    { handler: [RequireUser()], parameter: CurrentMcpToken() },
    ['@CurrentMcpToken()', 'Add @RequireMcpToken()'],
  ],
  [
    '@CurrentMcpToken() without a rule',
    { parameter: CurrentMcpToken('userId') },
    ['@CurrentMcpToken()', 'Add @RequireMcpToken()'],
  ],
  [
    'an organization in a path parameter that is not there',
    { handler: [read, RequireOrgMember({ org: orgFromParam('tenant') })] },
    ['"tenant"', 'path'],
  ],
];

/** What looks similar and is meant. */
const agreements: [string, WrittenRules][] = [
  ['@RequireMcpToken() with rules', { handler: [RequireMcpToken({ scopes: SCOPES }), read] }],
  [
    '@RequireMcpToken() over @RequireUser()',
    { handler: [RequireMcpToken()], class: [RequireUser()] },
  ],
  [
    '@RequireUser() over @RequireMcpToken()',
    { handler: [RequireUser()], class: [RequireMcpToken()] },
  ],
  ['@Public() over rules of the class', { handler: [Public()], class: [RequireMcpToken(), read] }],
  ['an organization rule beside a scope', { handler: [read, RequireOrgRole('Admin')] }],
  ['an organization rule of the class', { handler: [read], class: [RequireOrgMember()] }],
  ['an inherited scope', { handler: [RequireOrgMember()], parent: [read] }],
  [
    'an organization in a header',
    { handler: [read, RequireOrgMember({ org: orgFromHeader('x-org-id') })] },
  ],
  ['@CurrentUser()', { handler: [read], parameter: CurrentUser() }],
  ['@CurrentMcpToken() under a scope', { handler: [read], parameter: CurrentMcpToken() }],
  [
    '@CurrentOrg() under a rule of the class',
    { handler: [read], class: [RequireOrgMember()], parameter: CurrentOrg() },
  ],
];

describe('Startup', () => {
  it.each(mistakes)('fails for %s', async (_what, written, words) => {
    const message = await messageFor([reportsController(written)]);
    expect(message).toContain('ReportsController.show');
    for (const word of words) expect(message).toContain(word);
  });

  it.each(agreements)('does not fail for %s', async (_what, written) => {
    expect(await messageFor([reportsController(written)])).toBe('');
  });

  it.each<[string, WrittenRules]>([
    ['@RequireMcpToken()', { class: [RequireMcpToken()] }],
    ['@RequireScope()', { handler: [read] }],
  ])('fails for %s without mcpServer()', async (_what, written) => {
    const message = await messageFor([reportsController(written)], {});
    expect(message).toContain('ReportsController.show');
    expect(message).toContain('mcpServer() of nestjs-propelauth/mcp');
    expect(message).not.toContain('mcpServer.scopes');
  });

  it('does not expect the organization in the path if the token contains it', async () => {
    @Controller('mcp')
    class McpController {
      @Post()
      @RequireMcpToken()
      @RequireOrgRole('Admin')
      handle() {}
    }
    expect(await messageFor([McpController])).toBe('');
  });
});

describe('describeAccess()', () => {
  it('lists the scopes and the organization of handlers for MCP clients', async () => {
    const propelAuth = PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      plugins: [mcpServer(mcp)],
    });
    const written = { handler: [read, RequireOrgRole('Admin')], class: [RequireMcpToken()] };
    const { app } = await startApplication({
      imports: [propelAuth],
      controllers: [reportsController(written)],
    });
    expect(describeAccess(app)).toMatchObject([
      {
        access: 'required',
        callers: { mcp: 'any' },
        rules: { scope: { '*': ['read:reports'] }, org: { in: [{ from: 'token' }] } },
        summary: 'MCP client: Admin and above of the org in token, with scope read:reports',
      },
    ]);
  });
});

@Resolver()
class ReportsResolver {
  @Query(() => String)
  @RequireScope('read:reports')
  reports() {
    return '';
  }
}

@WebSocketGateway()
class ReportsGateway {
  @SubscribeMessage('reports')
  @RequireMcpToken()
  reports() {}
}

@Controller()
class ReportsMessages {
  @MessagePattern('reports')
  @RequireMcpToken()
  reports() {}
}

@Injectable()
class ReportsService {
  @RequireScope('read:reports')
  reports() {}
}

async function messageOfTransports(controllers: Type[], providers: Type[]): Promise<string> {
  const metadata = everyTransport(controllers, providers, { plugins: [mcpServer(mcp)] });
  const error = await failureOf(startApplication(metadata));
  return error === undefined ? '' : (error as Error).message;
}

describe('Startup of an application with other transports', () => {
  it.each<[string, Type[], Type[]]>([
    ['ReportsResolver.reports (GraphQL operation)', [], [ReportsResolver]],
    ['ReportsGateway.reports (WebSocket message)', [], [ReportsGateway]],
    ['ReportsMessages.reports (message)', [ReportsMessages], []],
  ])('fails if calls are not requests of MCP clients: %s', async (name, controllers, providers) => {
    const message = await messageOfTransports(controllers, providers);
    expect(message).toContain(name);
    expect(message).toContain('that MCP clients cannot call');
  });

  it('fails for a scope on a method that is not a request handler', async () => {
    const message = await messageOfTransports([], [ReportsResolver, ReportsService]);
    expect(message).toContain('ReportsService.reports: @RequireScope()');
  });
});
