import {
  Body,
  Controller,
  Get,
  Headers,
  Injectable,
  Param,
  Post,
  Query as QueryParameter,
  type Type,
} from '@nestjs/common';
import { Args, Field, InputType, Query, Resolver } from '@nestjs/graphql';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { McpController, Prompt, ResourceTemplate, Tool } from '@rekog/mcp-nest';
import {
  activeOrg,
  type CallerKind,
  DenyImpersonation,
  describeAccess,
  type HandlerDescription,
  type InjectableOrgSource,
  OptionalUser,
  orgFromArgs,
  orgFromBody,
  orgFromHeader,
  orgFromMessage,
  orgFromParam,
  type OrgSource,
  Public,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { RequireMcpToken } from 'nestjs-propelauth/mcp';
import { accessTable } from 'nestjs-propelauth/testing';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { beforeTests } from '../support/application.js';
import { graphqlModule } from '../support/graphql.js';
import { startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';
import { startMcpServer } from '../support/mcp-nest.js';
import { orgWarningsIn, orgWarningsOf } from '../support/org-warnings.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { decorateHandler } from '../support/routes.js';

interface Written {
  class?: ClassDecorator;
  handler?: MethodDecorator[];
  /** In front of the parameter of the handler. */
  parameter?: ParameterDecorator;
}

/** `ReportsController.create` at `POST` of these paths, under these decorators. */
function controllerAt(paths: string | string[], written: Written): Type {
  class ReportsController {
    create(_value: unknown) {}
  }
  written.class?.(ReportsController);
  written.parameter?.(ReportsController.prototype, 'create', 0);
  decorateHandler(ReportsController, 'create', Post(paths), ...(written.handler ?? []));
  Controller()(ReportsController);
  return ReportsController;
}

const user = RequireUser();
const member = RequireOrgMember();
const meant = { uncheckedOrg: true };

@Injectable()
class ServiceTokens implements CallerKind {
  readonly name = 'service';
  readonly credential = [{ header: 'x-service-token' }];

  identify() {
    return undefined;
  }

  key() {
    return undefined;
  }
}

describe('Startup warns of one handler that names an organization', () => {
  const startWith = (written: Written, options: Partial<PropelAuthOptions> = {}) =>
    orgWarningsOf(
      { controllers: [controllerAt('orgs/:orgId', written)], providers: [ServiceTokens] },
      { callerKinds: [ServiceTokens], ...options },
    );
  const page = readFileSync('docs/startup-checks.md', 'utf8');

  it.each<[callers: string, decorator: string, Written, Partial<PropelAuthOptions>?]>([
    ['user', '@RequireUser({ uncheckedOrg: true })', { handler: [user] }],
    ['caller', '@OptionalUser({ uncheckedOrg: true })', { handler: [OptionalUser()] }],
    ['API key', '@RequireApiKey({ uncheckedOrg: true })', { handler: [RequireApiKey()] }],
    [
      'organization API key',
      "@RequireApiKey({ kind: 'org', uncheckedOrg: true })",
      { handler: [RequireApiKey({ kind: 'org' })] },
    ],
    [
      'caller',
      '@RequireUserOrApiKey({ uncheckedOrg: true })',
      { handler: [RequireUserOrApiKey()] },
    ],
    ['caller', '@Public()', {}],
    [
      'user',
      "@RequireCaller('user', { uncheckedOrg: true })",
      {},
      { requireUserByDefault: true, callerKinds: [] },
    ],
    [
      'caller',
      "@RequireCaller('user', 'service', { uncheckedOrg: true })",
      { handler: [RequireCaller('user', 'service')] },
    ],
  ])('and accepts every %s: %s says that it is meant', async (...row) => {
    const [callers, decorator, written, options] = row;
    expect(await startWith(written, options)).toEqual([
      'POST /orgs/:orgId (ReportsController.create) names an organization (path orgId) and does not check it. Add @RequireOrgMember() ' +
        `or another organization rule; if every ${callers} may call it, or it checks the organization itself, say so: ${decorator}.`,
    ]);
  });

  it('whose rule implies users, without naming @Public() of its class', async () => {
    class OrgsController {
      projects() {}

      @Get('health')
      health() {}
    }
    Public()(OrgsController);
    decorateHandler(OrgsController, 'projects', Get('orgs/:orgId/projects'), DenyImpersonation());
    Controller()(OrgsController);
    expect(await orgWarningsOf({ controllers: [OrgsController] })).toEqual([
      expect.stringContaining("say so: @RequireCaller('user', { uncheckedOrg: true })."),
    ]);
  });

  it('where no rule reads it', async () => {
    expect(await startWith({ handler: [member], parameter: Body('orgId') })).toEqual([
      'POST /orgs/:orgId (ReportsController.create) names an organization where no rule reads it (body orgId). Take the organization ' +
        'from @CurrentOrg(), or read that place by a second rule (one on the class, one on the method); if calls may name another ' +
        'organization there, say so: add uncheckedOrg: true to the organization rule.',
    ]);
  });

  it('in the words of docs/startup-checks.md', async () => {
    class ProjectsController {
      list() {}
    }
    decorateHandler(ProjectsController, 'list', Get('orgs/:orgId/projects'), user);
    class ReportsController {
      create(@Body('orgId') _orgId: string) {}
    }
    decorateHandler(ReportsController, 'create', Post('orgs/:orgId/reports'), member);
    for (const type of [ProjectsController, ReportsController]) Controller()(type);
    const warnings = await orgWarningsOf({ controllers: [ProjectsController, ReportsController] });
    expect(warnings).toHaveLength(2);
    for (const warning of warnings) expect(page).toContain(`\n${warning}\n`);
  });

  it('unless the module reads the active organization, so that no name is known', async () => {
    expect(await startWith({ handler: [user] }, { orgSource: activeOrg() })).toEqual([]);
  });
});

/** Reads the id of something else. */
class OfInvoice implements InjectableOrgSource {
  static readonly reads = { from: 'path', name: 'invoiceId' } as const;
  orgOf() {
    return undefined;
  }
}

const ofReport: OrgSource = () => undefined;
ofReport.reads = { from: 'query', name: 'reportId' };

/** May read any value. */
const ofTenant: OrgSource = () => undefined;

/** Reads this value, and others if it is missing. */
const ofFirst: OrgSource = () => undefined;
ofFirst.reads = { from: 'query', name: 'orgId', required: false };

const body = Body('orgId');
const inParam = RequireOrgMember({ org: orgFromParam() });
const adminIn = (org: OrgSource) => RequireOrgRole('Admin', { org });

/** A handler of one application, and the places where it names an organization that no rule checks. */
const WITHOUT_RULE: [path: string, Written, unchecked: string][] = [
  ['orgs/:orgId/a', { handler: [user] }, 'path orgId'],
  ['b', { handler: [user], parameter: QueryParameter('orgId') }, 'query orgId'],
  ['c', { handler: [user], parameter: body }, 'body orgId'],
  ['d', { handler: [user], parameter: Body('ORG_ID') }, 'body ORG_ID'],
  ['orgs/:orgId/e', { handler: [user], parameter: body }, 'path orgId and body orgId'],
  ['orgs/:orgId/f', { handler: [user], class: RequireUser(meant) }, 'path orgId'],
  ['orgs/:id/g', { handler: [user] }, 'path id'],
  ['h', { handler: [user], parameter: Body('tenant_id') }, 'body tenant_id'],
  ['i', { handler: [user], parameter: Headers('X-Org-Id') }, 'header X-Org-Id'],
  ['orgs/:orgId/keys', { handler: [RequireApiKey({ kind: 'org' })] }, 'path orgId'],
];

const BESIDE_RULE: typeof WITHOUT_RULE = [
  ['orgs/:orgId/j', { handler: [member], parameter: body }, 'body orgId'],
  ['orgs/:orgId/k', { handler: [member], parameter: QueryParameter('orgId') }, 'query orgId'],
  ['orgs/:orgId/l', { handler: [inParam], parameter: Headers('X-Org-Id') }, 'header X-Org-Id'],
  ['orgs/:orgId/m', { handler: [RequirePermission('pay')], parameter: body }, 'body orgId'],
  ['orgs/:orgId/n', { handler: [RequireOrgMember({ org: activeOrg() })] }, 'path orgId'],
  [
    'orgs/:orgId/o',
    { handler: [RequireOrgMember({ org: ofReport })], parameter: body },
    'path orgId and body orgId',
  ],
  // The option of the class is for handlers without an organization rule.
  [
    'orgs/:orgId/p',
    { handler: [member], class: RequireUser(meant), parameter: body },
    'body orgId',
  ],
];

/** The same, where the author has said that it is meant. */
const MEANT: [path: string, Written, unchecked: string, summary: string][] = [
  ['orgs/:orgId/q', { handler: [RequireUser(meant)] }, 'path orgId', 'user, org not checked'],
  ['orgs/:orgId/r', { class: RequireUser(meant) }, 'path orgId', 'user, org not checked'],
  ['s', { handler: [RequireUser(meant)] }, '', 'user, org not checked'],
  [
    'orgs/:orgId/t',
    { handler: [OptionalUser(meant)] },
    'path orgId',
    'optional user, org not checked',
  ],
  ['orgs/:orgId/u', { handler: [RequireApiKey(meant)] }, 'path orgId', 'API key, org not checked'],
  [
    'orgs/:orgId/v',
    { handler: [RequireUserOrApiKey(meant)] },
    'path orgId',
    'user or API key, org not checked',
  ],
  [
    'orgs/:orgId/w',
    { handler: [RequireCaller('user', 'service', meant)] },
    'path orgId',
    'user or service, org not checked',
  ],
  [
    'orgs/:orgId/x',
    { handler: [RequireOrgMember(meant)], parameter: body },
    'body orgId',
    'members of the org in path orgId, other orgs not checked',
  ],
  [
    'orgs/:orgId/y',
    { handler: [RequireOrgRole('Admin', meant)], parameter: body },
    'body orgId',
    'Admin and above of the org in path orgId, other orgs not checked',
  ],
  [
    'orgs/:orgId/z',
    { handler: [RequirePermission('pay', meant)], parameter: body },
    'body orgId',
    'members with pay of the org in path orgId, other orgs not checked',
  ],
];

/** Handlers that name no organization, or one that their rules read. */
const CHECKED: [path: string, Written][] = [
  ['orgs/:orgId/public', { handler: [Public()] }],
  ['orgs/:orgId/checked', { handler: [member] }],
  ['orgs/:orgId/same', { handler: [member], parameter: Param('orgId') }],
  ['orgs/:orgId/target', { handler: [member], parameter: Body('targetId') }],
  ['orgs/:id', { handler: [RequireOrgMember({ org: orgFromParam('id') })] }],
  ['projects/:id', { handler: [user], parameter: QueryParameter('id') }],
  ['orgs/:orgNumber/members/:id', { handler: [user] }],
  ['orgs/:orgNumber/:id', { handler: [user] }],
  [
    'tenants',
    {
      handler: [RequireOrgMember({ org: orgFromBody('tenant_id') })],
      parameter: Body('tenant_id'),
    },
  ],
  ['projects', { handler: [user], parameter: Body('projectId') }],
  ['invoices/:invoiceId', { handler: [RequireOrgMember({ org: OfInvoice })] }],
  ['payments/:invoiceId', { handler: [user] }],
  ['own/:orgId', { handler: [RequireOrgMember({ org: ofTenant })], parameter: body }],
  ['first/:orgId', { handler: [RequireOrgMember({ org: ofFirst })], parameter: body }],
  [
    'both/:orgId/body',
    { class: inParam, handler: [adminIn(orgFromBody('orgId'))], parameter: body },
  ],
  [
    'both/:orgId/header',
    {
      class: inParam,
      handler: [adminIn(orgFromHeader('x-org-id'))],
      parameter: Headers('X-Org-Id'),
    },
  ],
];

const places = (unchecked: string) => (unchecked === '' ? [] : unchecked.split(' and '));

/** The lines of each warning, without the advice. */
const listed = (warnings: string[]) => warnings.map((text) => text.split('\n').slice(1));

const tokenSource = () => undefined;

describe('In an application with many handlers', () => {
  const logger = new RecordingLogger();
  const application = beforeTests(start);
  const rows = [...WITHOUT_RULE, ...BESIDE_RULE, ...MEANT, ...CHECKED];

  function start() {
    const controllers = rows.map(([path, written]) => controllerAt(path, written));
    return startGuarded(
      { controllers, providers: [OfInvoice, ServiceTokens] },
      { callerKinds: [ServiceTokens] },
      (unready) => unready.useLogger(logger),
    );
  }

  const described = (path: string) =>
    describeAccess(application.app).find(
      ({ name }) => name === `POST /${path}`,
    ) as HandlerDescription;

  it('startup warns once of those without a rule, and once of those beside a rule', () => {
    const warnings = orgWarningsIn(logger).map((warning) => warning.split('\n'));
    const lines = (table: typeof WITHOUT_RULE) =>
      table.map(
        ([path, , unchecked]) => `- POST /${path} (ReportsController.create): ${unchecked}`,
      );
    expect(warnings.map(([, ...handlers]) => handlers.toSorted())).toEqual([
      lines(WITHOUT_RULE).toSorted(),
      lines(BESIDE_RULE).toSorted(),
    ]);
    expect(warnings.map(([heading]) => heading)).toEqual([
      'These handlers name an organization and do not check it. Add @RequireOrgMember() or another organization rule; if every caller ' +
        'may call them, or they check the organization themselves, say so: @RequireUser({ uncheckedOrg: true }) or ' +
        "@RequireApiKey({ kind: 'org', uncheckedOrg: true }).",
      'These handlers name an organization where none of their rules reads it. Take the organization from @CurrentOrg(), or read that ' +
        'place by a second rule (one on the class, one on the method); if calls may name another organization there, say so: add ' +
        'uncheckedOrg: true to the organization rule.',
    ]);
  });

  it.each([...WITHOUT_RULE, ...BESIDE_RULE])(
    'describeAccess() says what is unchecked: %s',
    (path, _written, unchecked) => {
      expect(described(path).uncheckedOrg).toEqual({ isMeant: false, sources: places(unchecked) });
      expect(described(path).summary).not.toContain('not checked');
    },
  );

  it.each(MEANT)(
    'describeAccess() says what is meant: %s',
    (path, _written, unchecked, summary) => {
      expect(described(path).uncheckedOrg).toEqual({ isMeant: true, sources: places(unchecked) });
      expect(described(path).summary).toBe(summary);
    },
  );

  it.each(CHECKED)('describeAccess() says nothing of what is checked or not named: %s', (path) => {
    expect(described(path)).not.toHaveProperty('uncheckedOrg');
  });
});

describe('Startup knows an organization', () => {
  it('by the header of the module', async () => {
    const named = controllerAt('files', { handler: [user], parameter: Headers('X-Tenant') });
    const options = { orgSource: orgFromHeader('x-tenant') };
    expect(await orgWarningsOf({ controllers: [named] }, options)).toHaveLength(1);
  });

  it('by the path of one route of a handler that has several', async () => {
    const controllers = [controllerAt(['orgs/:orgId/list', 'list'], { handler: [user] })];
    expect(await orgWarningsOf({ controllers })).toEqual([
      expect.stringMatching(/^POST \/orgs\/:orgId\/list \(ReportsController\.create\) names/),
    ]);
  });

  it('in GraphQL arguments and their input objects, in messages and in events', async () => {
    @InputType()
    class Filter {
      @Field()
      orgId!: string;

      @Field(() => Filter, { nullable: true })
      not?: Filter;
    }
    const byToken = RequireOrgMember({ org: activeOrg() });
    @Resolver()
    class ReportsResolver {
      @Query(() => Boolean)
      @RequireOrgMember({ org: orgFromArgs('filter.orgId') })
      checked(@Args('filter') _filter: Filter) {}

      @Query(() => Boolean)
      @user
      byArgument(@Args('orgId') _orgId: string) {}

      @Query(() => Boolean)
      @user
      byInput(@Args('filter') _filter: Filter) {}

      @Query(() => Boolean)
      @byToken
      besideRule(@Args('orgId') _orgId: string) {}
    }
    @WebSocketGateway()
    class ReportsGateway {
      @SubscribeMessage('list')
      @user
      list(@MessageBody('orgId') _orgId: string) {}

      @SubscribeMessage('besideRule')
      @byToken
      besideRule(@MessageBody('orgId') _orgId: string) {}
    }
    @Controller()
    class ReportsMessages {
      @MessagePattern('list')
      @RequireUser({ tokenSource })
      list(@Payload('orgId') _orgId: string) {}

      @MessagePattern('checked')
      @RequireOrgMember({ org: orgFromMessage(), tokenSource })
      checked(@Payload('orgId') _orgId: string) {}

      /** Of another service: no guard protects it. */
      @MessagePattern('created')
      created(@Payload('orgId') _orgId: string) {}
    }
    const warnings = await orgWarningsOf({
      imports: [graphqlModule()],
      controllers: [ReportsMessages],
      providers: [ReportsResolver, ReportsGateway],
    });
    expect(listed(warnings)).toEqual([
      [
        '- Query.byArgument (ReportsResolver.byArgument): argument orgId',
        '- Query.byInput (ReportsResolver.byInput): argument filter.orgId',
        '- event list (ReportsGateway.list): message orgId',
        '- message list (ReportsMessages.list): message orgId',
      ],
      [
        '- Query.besideRule (ReportsResolver.besideRule): argument orgId',
        '- event besideRule (ReportsGateway.besideRule): message orgId',
      ],
    ]);
  });

  it('in what MCP clients send', async () => {
    const parameters = z.object({ orgId: z.string() });
    @McpController()
    @RequireMcpToken()
    class Tools {
      @Tool({ name: 'list', description: 'l', parameters })
      list() {}

      @Tool({ name: 'checked', description: 'c', parameters })
      @RequireOrgMember({ org: orgFromMessage() })
      checked() {}

      @Tool({ name: 'none', description: 'n' })
      none() {}

      @Prompt({ name: 'ask', description: 'a', parameters })
      ask() {}

      @ResourceTemplate({ name: 'docs', description: 'd', uriTemplate: 'docs://{orgId}/all' })
      docs() {}
    }
    @McpController()
    class OtherTools {
      @Tool({ name: 'meant', description: 'm', parameters })
      @RequireMcpToken(meant)
      meant() {}

      @Tool({ name: 'besideRule', description: 'b', parameters })
      @member
      besideRule() {}
    }
    const logger = new RecordingLogger();
    // The option of the controller in front is about handlers without an organization rule.
    const { app } = await startMcpServer([Tools, OtherTools], {
      endpoint: [RequireMcpToken(meant)],
      prepare: (unready) => unready.useLogger(logger),
    });
    const [withoutRule, besideRule, ...others] = orgWarningsIn(logger);
    expect(listed([withoutRule ?? ''])).toEqual([
      [
        '- prompt ask (Tools.ask): message orgId',
        '- resource template docs://{orgId}/all (Tools.docs): message orgId',
        '- tool list (Tools.list): message orgId',
      ],
    ]);
    expect(withoutRule).toContain('say so: @RequireMcpToken({ uncheckedOrg: true }).');
    expect(besideRule).toContain(
      'tool besideRule (OtherTools.besideRule) names an organization where',
    );
    expect(others).toEqual([]);
    expect(accessTable(app)).toMatchObject({ 'tool meant': 'MCP client, org not checked' });
  });
});
