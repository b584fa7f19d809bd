import { Body, Controller, Headers, Param, Post, Query as QueryParameter } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { McpController, Tool } from '@rekog/mcp-nest';
import {
  activeOrg,
  describeAccess,
  orgFromBody,
  orgFromHeader,
  orgFromParam,
  type OrgSource,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
} from 'nestjs-propelauth';
import { RequireMcpToken } from 'nestjs-propelauth/mcp';
import { accessTable } from 'nestjs-propelauth/testing';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { graphqlModule } from '../support/graphql.js';
import { startGuarded } from '../support/guarded-application.js';
import { startMcpServer } from '../support/mcp-nest.js';
import { orgWarningsIn, orgWarningsOf } from '../support/org-warnings.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { decorateHandler } from '../support/routes.js';

const member = RequireOrgMember();

/** `ReportsController.create` at `POST /orgs/:orgId/reports`, with this parameter and under these decorators. */
function reportsController(parameter: ParameterDecorator, decorators: MethodDecorator[]): Type {
  class ReportsController {
    create(_value: unknown) {}
  }
  parameter(ReportsController.prototype, 'create', 0);
  decorateHandler(ReportsController, 'create', Post('orgs/:orgId/reports'), ...decorators);
  Controller()(ReportsController);
  return ReportsController;
}

/** Looks the organization of a report up. */
const ofReport: OrgSource = () => undefined;
ofReport.reads = { from: 'query', name: 'reportId' };

/** May read any value. */
const ofTenant: OrgSource = () => undefined;

/** Reads this value, and others if it is missing. */
const ofFirst: OrgSource = () => undefined;
ofFirst.reads = { from: 'query', name: 'orgId', required: false };

describe('Startup warns about an organization in a place that the rules of its handler do not read', () => {
  it('names the handler, the place and the fixes, as docs/startup-checks.md says', async () => {
    const controllers = [reportsController(Body('orgId'), [member])];
    const warnings = await orgWarningsOf({ controllers });
    expect(warnings).toEqual([
      'POST /orgs/:orgId/reports (ReportsController.create) names an organization where no rule reads it (body orgId). ' +
        'Take the organization from @CurrentOrg(), or read that place by a second rule (one on the class, one on the method); ' +
        'if calls may name another organization there, say so: add uncheckedOrg: true to the organization rule.',
    ]);
    expect(readFileSync('docs/startup-checks.md', 'utf8')).toContain(`\n${warnings[0]}\n`);
  });

  it.each<[string, ParameterDecorator, string]>([
    ['a property of the body', Body('orgId'), 'body orgId'],
    ['a query parameter', QueryParameter('orgId'), 'query orgId'],
    ['a header', Headers('X-Org-Id'), 'header X-Org-Id'],
  ])('such as %s', async (_place, parameter, words) => {
    const controllers = [reportsController(parameter, [member])];
    const options = { orgSource: orgFromHeader('x-org-id') };
    const rule = RequireOrgMember({ org: orgFromParam() });
    const byHeader = [reportsController(parameter, [rule])];
    const isHeader = words.startsWith('header');
    const warnings = isHeader
      ? await orgWarningsOf({ controllers: byHeader }, options)
      : await orgWarningsOf({ controllers });
    expect(warnings).toEqual([expect.stringContaining(`where no rule reads it (${words}).`)]);
  });

  it('such as the path, under a rule that reads the active organization', async () => {
    const rule = RequireOrgMember({ org: activeOrg() });
    const controllers = [reportsController(Param('orgId'), [rule])];
    expect(await orgWarningsOf({ controllers })).toEqual([
      expect.stringContaining('where no rule reads it (path orgId).'),
    ]);
  });

  it('such as a value beside the one that an own source needs', async () => {
    const rule = RequireOrgMember({ org: ofReport });
    const controllers = [reportsController(Body('orgId'), [rule])];
    expect(await orgWarningsOf({ controllers })).toEqual([
      expect.stringContaining('where no rule reads it (path orgId and body orgId).'),
    ]);
  });

  it('lists several handlers, apart from those without a rule', async () => {
    class OrgsController {
      a(_orgId: string) {}
      b(_orgId: string) {}
      c() {}
    }
    for (const name of ['a', 'b']) Body('orgId')(OrgsController.prototype, name, 0);
    decorateHandler(OrgsController, 'a', Post('orgs/:orgId/a'), member);
    decorateHandler(OrgsController, 'b', Post('orgs/:orgId/b'), RequirePermission('can_pay'));
    decorateHandler(OrgsController, 'c', Post('orgs/:orgId/c'), RequireUser());
    Controller()(OrgsController);
    const [withoutRule, besideRule, ...others] = await orgWarningsOf({
      controllers: [OrgsController],
    });
    expect(withoutRule).toMatch(/^POST \/orgs\/:orgId\/c \(OrgsController\.c\) names an org/);
    expect(besideRule?.split('\n')).toEqual([
      expect.stringMatching(/^These handlers name an organization where none of their rules reads/),
      '- POST /orgs/:orgId/a (OrgsController.a): body orgId',
      '- POST /orgs/:orgId/b (OrgsController.b): body orgId',
    ]);
    expect(others).toEqual([]);
  });

  it('in GraphQL arguments and in messages', async () => {
    const byToken = RequireOrgMember({ org: activeOrg() });
    @Resolver()
    class ReportsResolver {
      @Query(() => Boolean)
      @byToken
      reports(@Args('orgId') _orgId: string) {
        return true;
      }
    }
    @WebSocketGateway()
    class ReportsGateway {
      @SubscribeMessage('list')
      @byToken
      list(@MessageBody('orgId') _orgId: string) {}
    }
    const [warning] = await orgWarningsOf({
      imports: [graphqlModule()],
      providers: [ReportsResolver, ReportsGateway],
    });
    expect(warning?.split('\n').slice(1)).toEqual([
      '- Query.reports (ReportsResolver.reports): argument orgId',
      '- event list (ReportsGateway.list): message orgId',
    ]);
  });

  it('in the parameters of an MCP tool, whose rule reads the organization of the token', async () => {
    @McpController()
    class Tools {
      @Tool({ name: 'list', description: 'l', parameters: z.object({ orgId: z.string() }) })
      @RequireOrgMember()
      list() {}
    }
    const logger = new RecordingLogger();
    // The option of the controller in front is about handlers without an organization rule.
    const endpoint = [RequireMcpToken({ uncheckedOrg: true })];
    await startMcpServer([Tools], { endpoint, prepare: (app) => app.useLogger(logger) });
    expect(orgWarningsIn(logger)).toEqual([
      expect.stringContaining('tool list (Tools.list) names an organization where no rule reads'),
    ]);
  });
});

describe('Startup does not warn about an organization beside a rule', () => {
  it.each<[string, ParameterDecorator, MethodDecorator[]]>([
    ['in the same place', Param('orgId'), [member]],
    ['where an own source may read it', Body('orgId'), [RequireOrgMember({ org: ofTenant })]],
    [
      'where an own source may read other values',
      Body('orgId'),
      [RequireOrgMember({ org: ofFirst })],
    ],
    ['under another name', Body('targetId'), [member]],
    ['where it is meant', Body('orgId'), [RequireOrgMember({ uncheckedOrg: true })]],
    ['where a role rule says so', Body('orgId'), [RequireOrgRole('Admin', { uncheckedOrg: true })]],
    [
      'where a permission rule says so',
      Body('orgId'),
      [RequirePermission('can_pay', { uncheckedOrg: true })],
    ],
  ])('%s', async (_case, parameter, decorators) => {
    const controllers = [reportsController(parameter, decorators)];
    expect(await orgWarningsOf({ controllers })).toEqual([]);
  });

  it.each<[string, ParameterDecorator, OrgSource]>([
    ['in a place that a second rule reads', Body('orgId'), orgFromBody('orgId')],
    ['in a header, whatever its case', Headers('X-Org-Id'), orgFromHeader('x-org-id')],
  ])('%s', async (_case, parameter, org) => {
    const reports = reportsController(parameter, [RequireOrgRole('Admin', { org })]);
    RequireOrgMember({ org: orgFromParam() })(reports);
    expect(await orgWarningsOf({ controllers: [reports] })).toEqual([]);
  });
});

/** The only handler, under these decorators. */
async function described(...decorators: MethodDecorator[]) {
  const controllers = [reportsController(Body('orgId'), decorators)];
  const { app } = await startGuarded({ controllers });
  return { uncheckedOrg: describeAccess(app)[0]?.uncheckedOrg, table: accessTable(app) };
}

describe('describeAccess()', () => {
  it('names only the places that no rule reads, and says whether that is meant', async () => {
    expect(await described(member)).toEqual({
      uncheckedOrg: { isMeant: false, sources: ['body orgId'] },
      table: { 'POST /orgs/:orgId/reports': 'members of the org in path orgId' },
    });
    expect(await described(RequireOrgMember({ uncheckedOrg: true }))).toEqual({
      uncheckedOrg: { isMeant: true, sources: ['body orgId'] },
      table: {
        'POST /orgs/:orgId/reports': 'members of the org in path orgId, other orgs not checked',
      },
    });
  });

  it('takes the option of the class as a default for handlers without a rule only', async () => {
    const reports = reportsController(Body('orgId'), [member]);
    RequireUser({ uncheckedOrg: true })(reports);
    const { app } = await startGuarded({ controllers: [reports] });
    expect(describeAccess(app)[0]?.uncheckedOrg?.isMeant).toBe(false);
  });
});
