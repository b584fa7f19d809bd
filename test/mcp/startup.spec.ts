import { Controller, Injectable } from '@nestjs/common';
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
import { startGuarded } from '../support/guarded-application.js';
import { mcp, SCOPES } from '../support/mcp-options.js';
import { messageOf } from '../support/start-error.js';
import { reportsControllers, type WrittenRules } from '../startup/reports-controller.js';

const read = RequireScope('read:reports');
const inTenant = RequireOrgMember({ org: orgFromParam('tenant') });
const withTokenSource = RequireOrgMember({ tokenSource: () => undefined });

const IMPERSONATION =
  'contradicts @DenyImpersonation(), which cannot be checked: an MCP token does not say whether an employee impersonates the user.';
const STEP_UP =
  "contradicts @RequireStepUpMfa('PAY'), which cannot be checked: MCP clients cannot send a step-up grant. Use a scope for this action " +
  'instead.';
const NAME_CALLERS = 'Name the callers of the handler, as in @RequireUser().';
const IN_SCOPES = 'which is not one of mcpServer.scopes. Add it there, or correct its spelling.';
const KIND = "contradicts @RequireScope(), which requires a caller of the kind 'mcp'.";
const UNREACHED =
  'A rule about MCP tokens is on a handler that MCP clients cannot call. Move it to an HTTP controller, or to a controller of @rekog/mcp-nest.';
const NO_RULE =
  '@CurrentMcpToken() never has a value without a rule about MCP tokens. Add @RequireMcpToken() or remove the parameter.';

/** How rules are written, and what startup says. */
const MISTAKES: [WrittenRules, finding: string][] = [
  [
    { handler: [RequireScope('read:report')] },
    `@RequireScope() requires the scope "read:report", ${IN_SCOPES}`,
  ],
  [
    { handler: [RequireScope({ anyOf: ['read:reports', 'read:report'] })] },
    `@RequireScope() requires the scope "read:report", ${IN_SCOPES}`,
  ],
  [
    { class: [RequireMcpToken({ scopes: ['read:reports', 'admin'] })] },
    `@RequireMcpToken() requires the scope "admin", ${IN_SCOPES}`,
  ],
  [
    { handler: [RequireMcpToken(), DenyImpersonation()] },
    `@RequireMcpToken() ${IMPERSONATION} Remove one of them.`,
  ],
  [
    { handler: [DenyImpersonation()], class: [read] },
    `@RequireScope() ${IMPERSONATION} ${NAME_CALLERS}`,
  ],
  [{ handler: [read, RequireStepUpMfa('PAY')] }, `@RequireScope() ${STEP_UP} Remove one of them.`],
  [
    { handler: [RequireStepUpMfa('PAY')], class: [OptionalUser(), read] },
    `@RequireScope() ${STEP_UP} ${NAME_CALLERS}`,
  ],
  [
    { handler: [RequireStepUpMfa('PAY')], class: [RequireMcpToken()] },
    `@RequireMcpToken() ${STEP_UP} ${NAME_CALLERS}`,
  ],
  [
    { handler: [RequireMcpToken(), RequireUser()] },
    '@RequireMcpToken() and @RequireUser() are on the same method or class. Remove one.',
  ],
  [
    { class: [RequireMcpToken(), RequireApiKey()] },
    '@RequireMcpToken() and @RequireApiKey() are on the same method or class. Remove one.',
  ],
  [
    { handler: [RequireMcpToken(), Public()] },
    '@RequireMcpToken() and @Public() are on the same method or class. Remove one.',
  ],
  [{ handler: [read], class: [RequireUser()] }, `@RequireUser() ${KIND} ${NAME_CALLERS}`],
  [
    { handler: [read, RequireUserOrApiKey()] },
    `@RequireUserOrApiKey() ${KIND} Remove one of them.`,
  ],
  [
    { handler: [OptionalUser()], class: [read] },
    `@OptionalUser() ${KIND} Remove @OptionalUser(), or add @OverrideRules(): the rules of a handler add to those of its class.`,
  ],
  [{ handler: [Public(), read] }, `@Public() ${KIND} Remove one of them.`],
  [
    { handler: [RequireMcpToken(), withTokenSource] },
    'tokenSource has no effect on a handler for MCP clients, whose token is always in the Authorization header. Remove tokenSource.',
  ],
  [
    { handler: [RequireMcpToken()], parameter: CurrentApiKey() },
    '@CurrentApiKey() never has a value on a handler that does not accept API keys. Add @RequireApiKey() or @RequireUserOrApiKey().',
  ],
  [
    { handler: [read], parameter: CurrentOrg() },
    '@CurrentOrg() never has a value without an organization rule. Add @RequireOrgMember() or remove the parameter.',
  ],
  [{ handler: [RequireUser()], parameter: CurrentMcpToken() }, NO_RULE],
  [{ parameter: CurrentMcpToken('userId') }, NO_RULE],
  [
    { handler: [read, inTenant] },
    `The organization rule reads the path parameter "tenant", which this path does not have. Add { org: orgFromParam('orgId') } to the rule.`,
  ],
];

/** What looks similar and is meant. */
const MEANT: WrittenRules[] = [
  { handler: [RequireMcpToken({ scopes: SCOPES }), read] },
  { handler: [RequireMcpToken()], class: [RequireUser()] },
  { handler: [RequireUser()], class: [RequireMcpToken()] },
  { handler: [Public()], class: [RequireMcpToken(), read] },
  { handler: [read, RequireOrgRole('Admin')] },
  { handler: [read], class: [RequireOrgMember()] },
  { handler: [RequireOrgMember()], parent: [read] },
  { handler: [read, RequireOrgMember({ org: orgFromHeader('x-org-id') })] },
  { handler: [read], parameter: CurrentUser() },
  { handler: [read], parameter: CurrentMcpToken() },
  { handler: [read], class: [RequireOrgMember()], parameter: CurrentOrg() },
  // Its path has no organization, but the token has one.
  { class: [RequireMcpToken()], handler: [RequireOrgRole('Admin')] },
];

const startWith = (written: WrittenRules[]) =>
  startGuarded({ controllers: reportsControllers(written) }, { plugins: [mcpServer(mcp)] });

describe('Rules about MCP clients', () => {
  it('fail startup if they cannot work, each with its finding', async () => {
    const failure = await failureOf(startWith(MISTAKES.map(([written]) => written)));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    const [, ...lines] = (failure as Error).message.split('\n');
    const findings = MISTAKES.map(
      ([, finding], index) => `- Reports${index}.show (GET /${index}/:orgId): ${finding}`,
    );
    expect(lines).toEqual([
      ...findings,
      expect.stringMatching(/^- Reports6: @OptionalUser\(\) on the class has no effect/),
    ]);
  });

  it('start if they look similar and are meant', async () => {
    expect(await messageOf(startWith(MEANT))).toBe('');
  });

  it('are described with the scopes and the organization', async () => {
    const { app } = await startWith([
      { handler: [read, RequireOrgRole('Admin')], class: [RequireMcpToken()] },
    ]);
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

describe('Startup of an application with other transports', () => {
  it('fails if calls are not requests of MCP clients, or a method handles none', async () => {
    const providers = [ReportsResolver, ReportsGateway, ReportsService];
    const plugins = [mcpServer(mcp)];
    const starting = startApplication(everyTransport([ReportsMessages], providers, { plugins }));
    const [, ...lines] = (await messageOf(starting)).split('\n');
    expect(lines.toSorted()).toEqual([
      `- ReportsGateway.reports (WebSocket message): ${UNREACHED}`,
      `- ReportsMessages.reports (message): ${UNREACHED}`,
      expect.stringMatching(
        /^- ReportsMessages.reports .* is opaque text after Bearer, which messages do not have/,
      ),
      `- ReportsResolver.reports (GraphQL operation): ${UNREACHED}`,
      '- ReportsService.reports: @RequireScope() has no effect on a method that handles no requests. Move it to the handler that calls this method, or check with PropelAuthService.',
    ]);
  });
});
