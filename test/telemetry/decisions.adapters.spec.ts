import { Controller, Get } from '@nestjs/common';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  activeOrg,
  PropelAuthUnauthorizedException,
  Public,
  RequireOrgRole,
  RequireUser,
  type AccessDecisionEvent,
} from 'nestjs-propelauth';
import { telemetry } from 'nestjs-propelauth/telemetry';
import { graphqlModule, send } from '../support/graphql.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, carol, headersOf } from '../support/project.js';
import { RecordedMetrics } from './recorded-metrics.js';

@Controller()
class ReportsController {
  @Get('orgs/:orgId/reports')
  @RequireOrgRole('Admin')
  list() {}

  @Get('open')
  @Public()
  open() {}

  @Get('own')
  @RequireOrgRole('Admin', {
    org: () => {
      throw new PropelAuthUnauthorizedException('x'.repeat(20) as never, {});
    },
  })
  own() {}

  @Get('broken')
  @RequireOrgRole('Admin', {
    org: () => {
      throw new Error('broken source');
    },
  })
  broken() {}
}

@ObjectType()
class Report {
  @Field(() => String)
  title!: string;
}

@Resolver(() => Report)
class ReportsResolver {
  @Query(() => [Report])
  @RequireUser()
  reports(): Report[] {
    return [{ title: 'one' }, { title: 'two' }];
  }

  @ResolveField(() => String, { nullable: true })
  @RequireOrgRole('Admin', { org: activeOrg() })
  secret(): string {
    return 'secret';
  }
}

describe('The counter of decisions', () => {
  it('counts HTTP requests by outcome, reason and credential', async () => {
    const recorded = RecordedMetrics.start();
    const { url } = await startGuarded(
      { controllers: [ReportsController] },
      { plugins: [telemetry()] },
    );
    const path = `/orgs/${ACME_ID}/reports`;
    await request(url, alice).get(path).expect(200);
    await request(url, alice).get(path).expect(200);
    await request(url, carol).get(path).expect(403);
    await request(url).get(path).expect(401);
    await request(url).get('/open').expect(200);
    await request(url, alice).get('/broken').expect(500);
    expect(await recorded.decisions()).toEqual({
      'allowed access-token http': 2,
      'allowed none http': 1,
      'rejected role_missing access-token http': 1,
      'rejected token_missing none http': 1,
      'rejected error access-token http': 1,
    });
  });

  it('has a name, unit and description, and is named after the package', async () => {
    const recorded = RecordedMetrics.start();
    const { url } = await startGuarded(
      { controllers: [ReportsController] },
      { plugins: [telemetry()] },
    );
    await request(url).get('/open');
    expect((await recorded.read()).get('propelauth.decisions')?.descriptor).toMatchObject({
      name: 'propelauth.decisions',
      unit: '{decision}',
      description: 'Decisions of the guard.',
    });
  });

  it('counts exactly the events of onDecision: GraphQL operations, aliases and fields', async () => {
    const recorded = RecordedMetrics.start();
    const events: AccessDecisionEvent[] = [];
    const application = await startGuarded(
      { imports: [graphqlModule()], providers: [ReportsResolver] },
      { plugins: [telemetry()], onDecision: (event) => events.push(event) },
    );
    const query = '{ one: reports { secret } two: reports { title } }';
    await send(application, query, await headersOf(issuer, alice, { org_id: undefined }));
    const decisions = await recorded.decisions();
    const total = Object.values(decisions).reduce<number>((sum, count) => sum + Number(count), 0);
    expect(total).toBe(events.length);
    expect(decisions).toEqual({
      'allowed access-token graphql': 2,
      'rejected org_missing access-token graphql': 2,
    });
  });

  it('has no attribute that a caller controls', async () => {
    const recorded = RecordedMetrics.start();
    const { url } = await startGuarded(
      { controllers: [ReportsController] },
      { plugins: [telemetry()] },
    );
    for (let index = 0; index < 30; index++) {
      await request(url)
        .get(`/orgs/org-${index}/reports?x=${index}`)
        .set('Authorization', `Bearer a${index}.b.c`)
        .set('User-Agent', `agent-${index}`);
    }
    await request(url, alice).get('/own');
    expect(Object.keys(await recorded.decisions()).length).toBeLessThanOrEqual(2);
  });
});
