import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DocumentBuilder } from '@nestjs/swagger';
import {
  accessRule,
  CurrentOrg,
  describeAccess,
  OptionalCaller,
  orgNameFromHost,
  Public,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type AccessCall,
  type AccessRule,
  type OrgMemberInfo,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { beforeTests } from '../support/application.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { codesOf, graphqlModule, send } from '../support/graphql.js';
import { headersOf, userIn } from '../support/project.js';
import { routeUnder } from '../support/routes.js';
import { Robots } from './robots.js';

const ofTenant = orgNameFromHost('{org}.example.com');

const erin = userIn(
  'erin',
  { orgId: 'org-acme', orgName: 'acme', role: 'Member' },
  { orgId: 'org-globex', orgName: 'globex', role: 'Admin' },
);
const frank = userIn('frank', { orgId: 'org-globex', orgName: 'globex', role: 'Owner' });

@Controller('reports')
class ReportsController {
  @Get()
  list(@CurrentOrg() org: OrgMemberInfo) {
    return { orgId: org.orgId };
  }

  @Get('public')
  @Public()
  everyone() {
    return {};
  }
}

@Module({ controllers: [routeUnder('health')] })
class HealthModule {}

@Injectable()
class OpenRule implements AccessRule<[], 'org', 'closed'> {
  static isOpen = true;
  static asked = 0;
  readonly name = 'open';
  readonly requires = ['org'] as const;
  readonly denials = { closed: 402 } as const;

  authorize(_call: AccessCall<'org'>) {
    OpenRule.asked += 1;
    return OpenRule.isOpen;
  }
}

const RequireOpen = accessRule(OpenRule);

const host = (tenant: string) => ({ Host: `${tenant}.example.com` });

@ObjectType()
class Report {
  @Field()
  id!: string;
}

@Resolver(() => Report)
class ReportResolver {
  @Query(() => Report)
  report() {
    return { id: 'r1' };
  }

  @Query(() => Report)
  @Public()
  sample() {
    return { id: 'r1' };
  }

  @ResolveField(() => String)
  title() {
    return 'Report';
  }

  @ResolveField(() => String)
  @RequireOrgRole('Owner')
  secret() {
    return 'secret';
  }
}

describe('globalRules', () => {
  const application = beforeTests(() =>
    startGuarded(
      {
        imports: [HealthModule, graphqlModule()],
        controllers: [ReportsController],
        providers: [ReportResolver, OpenRule],
      },
      {
        globalRules: [RequireOrgMember({ org: ofTenant }), RequireOpen()],
        except: [HealthModule],
      },
    ),
  );

  const ask = async (query: string, user = erin, tenant = 'acme') =>
    send(application, query, { ...(await headersOf(issuer, user)), ...host(tenant) });

  it('find the organization for @CurrentOrg(), and ask a rule of the application about every handler', async () => {
    const agent = request(application.url, erin).set(host('globex'));
    await agent.get('/reports').expect(200, { orgId: 'org-globex' });
    OpenRule.isOpen = false;
    const { status, body } = await agent.get('/reports');
    OpenRule.isOpen = true;
    expect([status, body.code]).toEqual([402, 'closed']);
  });

  it('are in the list of rules and in OpenAPI documents, and not beside the rule of a field', () => {
    const described = describeAccess(application.app);
    expect(Object.fromEntries(described.map(({ name, summary }) => [name, summary]))).toEqual({
      'GET /reports': 'members of the org in host {org}.example.com, open',
      'GET /reports/public': 'public',
      'GET /health': 'exempt (HealthModule)',
      'Query.report': 'members of the org in host {org}.example.com, open',
      'Query.sample': 'public',
      'Report.secret': 'Owner and above of the org in host {org}.example.com',
      'Report.title': 'public',
    });
    const { paths } = PropelAuthSwagger.createDocument(
      application.app,
      new DocumentBuilder().build(),
    );
    const { security, responses } = paths['/reports']!.get!;
    expect(security).toEqual([{ bearer: [] }]);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403']));
    expect(paths['/reports/public']!.get!.security).toEqual([]);
  });

  it('apply to operations, and not again to their fields', async () => {
    OpenRule.asked = 0;
    expect(await ask('{ report { id title } }')).toEqual({
      data: { report: { id: 'r1', title: 'Report' } },
    });
    expect(await ask('{ report { secret } }', frank, 'globex')).toEqual({
      data: { report: { secret: 'secret' } },
    });
    expect(OpenRule.asked).toBe(2);
    expect(codesOf(await ask('{ report { id } }', erin, 'initech'))).toEqual(['FORBIDDEN']);
  });

  it('do not apply below a public operation, where rules of fields do, with the global source', async () => {
    expect(await send(application, '{ sample { id title } }')).toEqual({
      data: { sample: { id: 'r1', title: 'Report' } },
    });
    expect(codesOf(await send(application, '{ sample { secret } }', host('globex')))).toEqual([
      'UNAUTHENTICATED',
    ]);
    expect(codesOf(await ask('{ sample { secret } }'))).toEqual(['FORBIDDEN']);
    expect(await ask('{ sample { secret } }', frank, 'globex')).toMatchObject({
      data: { sample: { secret: 'secret' } },
    });
  });
});

/** Lets everyone in but the users who are suspended. */
@Injectable()
class NotSuspendedRule implements AccessRule<[], never, 'suspended'> {
  readonly name = 'not-suspended';
  readonly denials = { suspended: 403 } as const;

  authorize({ userId }: AccessCall) {
    return userId !== 'user-suspended';
  }
}

const RequireNotSuspended = accessRule(NotSuspendedRule);

@ObjectType()
class Page {
  @Field()
  id!: string;
}

@Resolver(() => Page)
class PageResolver {
  @Query(() => Page)
  page() {
    return { id: 'p1' };
  }

  @Query(() => Page)
  @RequireCaller('robot')
  crawled() {
    return { id: 'p1' };
  }

  @Query(() => Page)
  @Public()
  published() {
    return { id: 'p1' };
  }

  @ResolveField(() => String)
  @RequireUser()
  notes() {
    return 'notes';
  }
}

describe('globalRules on a field whose caller is another than that of its operation', () => {
  const application = beforeTests(() =>
    startGuarded(
      { imports: [graphqlModule()], providers: [PageResolver, NotSuspendedRule, Robots] },
      {
        globalRules: [OptionalCaller('user', 'robot'), RequireNotSuspended()],
        callerKinds: [Robots],
      },
    ),
  );

  it.each([
    ['who calls the operation as well', '{ page { notes } }', {}],
    ['whom a second credential hides from the operation', '{ page { notes } }', { 'x-robot': 'r' }],
    ['beside the caller of the operation', '{ crawled { notes } }', { 'x-robot': 'r' }],
  ])('reject a suspended user %s', async (_who, query, headers) => {
    const ofUser = await headersOf(issuer, userIn('suspended'));
    const answer = await send(application, query, { ...ofUser, ...headers });
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  });

  it('reject a suspended user below a public operation, which has met none of them', async () => {
    const ofUser = await headersOf(issuer, userIn('suspended'));
    const answer = await send(application, '{ published { notes } }', ofUser);
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  });
});
