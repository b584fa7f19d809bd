import {
  Body,
  Controller,
  Get,
  Headers,
  Injectable,
  Post,
  Query as QueryParameter,
} from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { Args, Field, InputType, Query, Resolver } from '@nestjs/graphql';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { McpController, Prompt, ResourceTemplate, Tool } from '@rekog/mcp-nest';
import {
  activeOrg,
  type CallerKind,
  DenyImpersonation,
  describeAccess,
  type InjectableOrgSource,
  OptionalUser,
  orgFromArgs,
  orgFromBody,
  orgFromHeader,
  orgFromMessage,
  orgFromParam,
  Public,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { RequireMcpToken } from 'nestjs-propelauth/mcp';
import { accessTable } from 'nestjs-propelauth/testing';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { graphqlModule } from '../support/graphql.js';
import { startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';
import { startMcpServer } from '../support/mcp-nest.js';
import { orgWarningsIn, orgWarningsOf } from '../support/org-warnings.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { decorateHandler } from '../support/routes.js';

const ADVICE = 'Add @RequireOrgMember() or another organization rule; if every';

/** `ProjectsController.list` under these decorators, at `GET /orgs/:orgId/projects` unless they say otherwise. */
function projectsController(decorators: MethodDecorator[], ofClass: ClassDecorator[] = []): Type {
  class ProjectsController {
    list() {
      return [];
    }
  }
  decorateHandler(ProjectsController, 'list', Get('orgs/:orgId/projects'), ...decorators);
  for (const decorate of ofClass) decorate(ProjectsController);
  Controller()(ProjectsController);
  return ProjectsController;
}

/** A controller with one handler that has this parameter, under `@RequireUser()`. */
function controllerTaking(parameter: ParameterDecorator): Type {
  class FilesController {
    upload(_value: unknown) {}
  }
  parameter(FilesController.prototype, 'upload', 0);
  decorateHandler(FilesController, 'upload', Post('files'), RequireUser());
  Controller()(FilesController);
  return FilesController;
}

describe('Startup warns once about organizations that no rule checks', () => {
  it('names the handler, the value and both fixes', async () => {
    const warnings = await orgWarningsOf(
      { controllers: [projectsController([])] },
      { requireUserByDefault: true },
    );
    expect(warnings).toEqual([
      'GET /orgs/:orgId/projects (ProjectsController.list) names an organization (path orgId) and does not check it. ' +
        `${ADVICE} user may call it, or it checks the organization itself, say so: @RequireCaller('user', { uncheckedOrg: true }).`,
    ]);
  });

  it('with the text of docs/startup-checks.md', async () => {
    const [warning] = await orgWarningsOf({ controllers: [projectsController([RequireUser()])] });
    expect(readFileSync('docs/startup-checks.md', 'utf8')).toContain(`\n${warning}\n`);
  });

  it('lists all handlers in one warning', async () => {
    class OrgsController {
      @Get('orgs/:orgId/a')
      @RequireUser()
      a() {}

      @Get('orgs/:orgId/b')
      @RequireApiKey({ kind: 'org' })
      b(@QueryParameter('orgId') _orgId: string) {}

      @Get('orgs/:orgId/c')
      @RequireOrgMember()
      c() {}
    }
    Controller()(OrgsController);
    expect(await orgWarningsOf({ controllers: [OrgsController] })).toEqual([
      [
        'These handlers name an organization and do not check it. Add @RequireOrgMember() or another organization rule; if ' +
          "every caller may call them, or they check the organization themselves, say so: @RequireUser({ uncheckedOrg: true }) or @RequireApiKey({ kind: 'org', uncheckedOrg: true }).",
        '- GET /orgs/:orgId/a (OrgsController.a): path orgId',
        '- GET /orgs/:orgId/b (OrgsController.b): path orgId and query orgId',
      ].join('\n'),
    ]);
  });

  it.each<[string, MethodDecorator[], string]>([
    [
      'a user',
      [RequireUser()],
      'every user may call it, or it checks the organization itself, say so: @RequireUser({ uncheckedOrg',
    ],
    [
      'an optional user',
      [OptionalUser()],
      'every caller may call it, or it checks the organization itself, say so: @OptionalUser({ unch',
    ],
    [
      'an API key',
      [RequireApiKey()],
      'if every API key may call it, or it checks the organization itself, say so: @RequireApiKey({ u',
    ],
    [
      'either',
      [RequireUserOrApiKey()],
      'caller may call it, or it checks the organization itself, say so: @RequireUserOrApiKey({ unchecked',
    ],
    [
      'everyone, without a decorator',
      [],
      'every caller may call it, or it checks the organization itself, say so: @Public().',
    ],
  ])('about a handler for %s', async (_callers, decorators, words) => {
    const [warning, ...others] = await orgWarningsOf({
      controllers: [projectsController(decorators)],
    });
    expect(warning).toContain(words);
    expect(others).toEqual([]);
  });

  it.each<[string, ParameterDecorator, string]>([
    ['a query parameter', QueryParameter('orgId'), 'query orgId'],
    ['a property of the body', Body('orgId'), 'body orgId'],
    ['a property in another spelling', Body('ORG_ID'), 'body ORG_ID'],
  ])('finds it in %s', async (_place, parameter, words) => {
    const warnings = await orgWarningsOf({ controllers: [controllerTaking(parameter)] });
    expect(warnings).toEqual([expect.stringContaining(`names an organization (${words}) and`)]);
  });

  it.each<[string, ParameterDecorator, Partial<PropelAuthOptions>]>([
    ['the header of the module', Headers('X-Tenant'), { orgSource: orgFromHeader('x-tenant') }],
    ['the property of a rule', Body('tenant_id'), {}],
  ])('knows %s', async (_source, parameter, options) => {
    const checked = projectsController([RequireOrgMember({ org: orgFromBody('tenant_id') })]);
    const controllers = [checked, controllerTaking(parameter)];
    const warnings = await orgWarningsOf({ controllers }, options);
    expect(warnings.filter((text) => text.startsWith('POST /files '))).toHaveLength(1);
  });

  it('knows a parameter called id by the part of the path before it', async () => {
    class OrgsController {
      @Get('orgs/:id')
      @RequireOrgMember({ org: orgFromParam('id') })
      show() {}

      @Get('orgs/:id/projects')
      @RequireUser()
      projects() {}

      @Get('projects/:id')
      @RequireUser()
      project(@QueryParameter('id') _id: string) {}

      @Get('orgs/:orgNumber/:id')
      @RequireUser()
      other() {}
    }
    Controller()(OrgsController);
    expect(await orgWarningsOf({ controllers: [OrgsController] })).toEqual([
      expect.stringMatching(/^GET \/orgs\/:id\/projects \(OrgsController\.projects\) names/),
    ]);
  });

  it('finds it in a GraphQL argument and in an input object', async () => {
    @InputType()
    class Filter {
      @Field()
      orgId!: string;

      @Field(() => Filter, { nullable: true })
      not?: Filter;
    }
    @Resolver()
    class ReportsResolver {
      @Query(() => Boolean)
      @RequireOrgMember({ org: orgFromArgs('filter.orgId') })
      checked(@Args('filter') _filter: Filter) {
        return true;
      }

      @Query(() => Boolean)
      @RequireUser()
      byArgument(@Args('orgId') _orgId: string) {
        return true;
      }

      @Query(() => Boolean)
      @RequireUser()
      byInput(@Args('filter') _filter: Filter) {
        return true;
      }
    }
    const [warning] = await orgWarningsOf({
      imports: [graphqlModule()],
      providers: [ReportsResolver],
    });
    expect(warning?.split('\n').slice(1)).toEqual([
      '- Query.byArgument (ReportsResolver.byArgument): argument orgId',
      '- Query.byInput (ReportsResolver.byInput): argument filter.orgId',
    ]);
  });

  it('never names @Public() of the class for a handler whose rule implies users', async () => {
    class OrgsController {
      @Get('orgs/:orgId/projects')
      @DenyImpersonation()
      projects() {}

      @Get('health')
      health() {}
    }
    Public()(OrgsController);
    Controller()(OrgsController);
    expect(await orgWarningsOf({ controllers: [OrgsController] })).toEqual([
      expect.stringContaining("say so: @RequireCaller('user', { uncheckedOrg: true })."),
    ]);
  });

  it('finds it in messages', async () => {
    @WebSocketGateway()
    class ReportsGateway {
      @SubscribeMessage('list')
      @RequireUser()
      list(@MessageBody('orgId') _orgId: string) {}
    }
    @Controller()
    class ReportsMessages {
      @MessagePattern('list')
      @RequireUser({ tokenSource: () => undefined })
      list(@Payload('orgId') _orgId: string) {}

      @MessagePattern('checked')
      @RequireOrgMember({ org: orgFromMessage(), tokenSource: () => undefined })
      checked() {}
    }
    const [warning] = await orgWarningsOf({
      controllers: [ReportsMessages],
      providers: [ReportsGateway],
    });
    expect(warning?.split('\n').slice(1)).toEqual([
      '- event list (ReportsGateway.list): message orgId',
      '- message list (ReportsMessages.list): message orgId',
    ]);
  });

  it('finds it in what MCP clients send', async () => {
    @McpController()
    @RequireMcpToken()
    class Tools {
      @Tool({ name: 'list', description: 'l', parameters: z.object({ orgId: z.string() }) })
      list() {}

      @Tool({ name: 'checked', description: 'c', parameters: z.object({ orgId: z.string() }) })
      @RequireOrgMember({ org: orgFromMessage() })
      checked() {}

      @Tool({ name: 'none', description: 'n' })
      none() {}

      @Prompt({ name: 'ask', description: 'a', parameters: z.object({ orgId: z.string() }) })
      ask() {}

      @ResourceTemplate({ name: 'docs', description: 'd', uriTemplate: 'docs://{orgId}/all' })
      docs() {}
    }
    const logger = new RecordingLogger();
    await startMcpServer([Tools], {
      prepare: (app) => app.useLogger(logger),
    });
    const [warning] = orgWarningsIn(logger);
    expect(warning?.split('\n').slice(1)).toEqual([
      '- prompt ask (Tools.ask): message orgId',
      '- resource template docs://{orgId}/all (Tools.docs): message orgId',
      '- tool list (Tools.list): message orgId',
    ]);
    expect(warning).toContain('say so: @RequireMcpToken({ uncheckedOrg: true }).');
  });
});

class ReadsInvoices implements InjectableOrgSource {
  static readonly reads = { from: 'path', name: 'invoiceId' } as const;
  orgOf() {
    return undefined;
  }
}

describe('Startup does not warn', () => {
  const RULES: [string, MethodDecorator[]][] = [
    ['under an organization rule', [RequireOrgMember()]],
    ['under @Public()', [Public()]],
    ['where it is meant', [RequireUser({ uncheckedOrg: true })]],
    ['where it is meant for an optional user', [OptionalUser({ uncheckedOrg: true })]],
    ['where it is meant for API keys', [RequireApiKey({ uncheckedOrg: true })]],
    ['where it is meant for both', [RequireUserOrApiKey({ uncheckedOrg: true })]],
  ];
  it.each(RULES)('%s', async (_rule, decorators) => {
    expect(await orgWarningsOf({ controllers: [projectsController(decorators)] })).toEqual([]);
  });

  it('where the class says that it is meant', async () => {
    const meant = projectsController([], [RequireUser({ uncheckedOrg: true })]);
    expect(await orgWarningsOf({ controllers: [meant] })).toEqual([]);
    const decided = projectsController([RequireUser()], [RequireUser({ uncheckedOrg: true })]);
    expect(await orgWarningsOf({ controllers: [decided] })).toHaveLength(1);
  });

  it('about values that no source of the application reads', async () => {
    const controllers = [
      controllerTaking(Body('projectId')),
      projectsController([Get('invoices/:invoiceId'), RequireOrgMember({ org: ReadsInvoices })]),
      projectsController([Get('payments/:invoiceId'), RequireUser()]),
    ];
    expect(await orgWarningsOf({ controllers, providers: [ReadsInvoices] })).toEqual([]);
    const other = { orgSource: activeOrg() };
    expect(
      await orgWarningsOf({ controllers: [projectsController([RequireUser()])] }, other),
    ).toEqual([]);
  });

  it('about messages between services, which no guard protects', async () => {
    @Controller()
    class Messages {
      @MessagePattern('created')
      created(@Payload('orgId') _orgId: string) {}
    }
    expect(await orgWarningsOf({ controllers: [Messages] })).toEqual([]);
  });

  it('about a tool that says it is meant', async () => {
    @McpController()
    @RequireMcpToken({ uncheckedOrg: true })
    class Tools {
      @Tool({ name: 'list', description: 'l', parameters: z.object({ orgId: z.string() }) })
      list() {}
    }
    const logger = new RecordingLogger();
    const { app } = await startMcpServer([Tools], {
      prepare: (application) => application.useLogger(logger),
    });
    expect(logger.text).not.toContain('organization');
    expect(accessTable(app)).toMatchObject({ 'tool list': 'MCP client, org not checked' });
  });
});

describe('describeAccess()', () => {
  it('says which handlers do not check the organization, and whether that is meant', async () => {
    class OrgsController {
      @Get('orgs/:orgId/checked')
      @RequireOrgMember()
      checked() {}

      @Get(['orgs/:orgId/forgotten', 'forgotten'])
      @RequireUser()
      forgotten() {}

      @Get('orgs/:orgId/meant')
      @RequireUser({ uncheckedOrg: true })
      meant() {}

      @Get('unseen')
      @RequireUser({ uncheckedOrg: true })
      unseen() {}
    }
    Controller()(OrgsController);
    const { app } = await startGuarded({ controllers: [OrgsController] });
    const list = describeAccess(app).map(({ name, summary, uncheckedOrg }) => [
      name,
      summary,
      uncheckedOrg,
    ]);
    expect(list).toEqual([
      ['GET /forgotten', 'user', undefined],
      ['GET /orgs/:orgId/checked', 'members of the org in path orgId', undefined],
      ['GET /orgs/:orgId/forgotten', 'user', { isMeant: false, sources: ['path orgId'] }],
      [
        'GET /orgs/:orgId/meant',
        'user, org not checked',
        { isMeant: true, sources: ['path orgId'] },
      ],
      ['GET /unseen', 'user, org not checked', { isMeant: true, sources: [] }],
    ]);
  });
});

describe('A handler for callers of an own kind that names an organization and has no organization rule', () => {
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

  const warningsUnder = (decorator: MethodDecorator) =>
    orgWarningsOf(
      { controllers: [projectsController([decorator])], providers: [ServiceTokens] },
      { callerKinds: [ServiceTokens] },
    );

  it('is warned of at startup, unless RequireCaller() says that it is meant', async () => {
    expect(await warningsUnder(RequireCaller('user', 'service'))).toEqual([
      expect.stringContaining("@RequireCaller('user', 'service', { uncheckedOrg: true })"),
    ]);
    expect(await warningsUnder(RequireCaller('user', 'service', { uncheckedOrg: true }))).toEqual(
      [],
    );
  });
});
