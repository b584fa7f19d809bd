import { readFileSync } from 'node:fs';
import { Controller, Get } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { RequireOrgRole, RequireUser, type AccessDecisionEvent } from 'nestjs-propelauth';
import request from 'supertest';
import { request as requestAs, startGuarded } from '../support/guarded-application.js';
import { stopLogClock } from '../support/fake-timers.js';
import { codesOf, graphqlModule, send } from '../support/graphql.js';
import { ACME_ID, alice } from '../support/project.js';

@Controller('reports')
class ReportsController {
  @Get()
  @RequireUser()
  list() {}

  @Get(':orgId')
  @RequireOrgRole('Onwer')
  show() {}
}

@Resolver()
class LoggedResolver {
  @Query(() => String, { nullable: true })
  @RequireUser()
  logged() {}
}

const logger = { log: jest.fn(), warn: jest.fn(), error: jest.fn(), debug: jest.fn() };
const lines = () => logger.debug.mock.calls.map(([line]) => line as string);

describe('The log of rejected calls', () => {
  it('has one line for a GraphQL operation, however many of its fields are rejected', async () => {
    const decisions: AccessDecisionEvent[] = [];
    const application = await startGuarded(
      { imports: [graphqlModule()], providers: [LoggedResolver] },
      { onDecision: (event) => void decisions.push(event) },
      (app) => app.useLogger(logger),
    );
    logger.debug.mockClear();
    const aliases = Array.from({ length: 200 }, (_, index) => `a${index}: logged`);
    const answer = await send(application, `{ ${aliases.join(' ')} }`);
    expect(codesOf(answer)).toEqual(Array(200).fill('UNAUTHENTICATED'));
    expect(decisions).toHaveLength(200);
    expect(lines()).toEqual([
      'GraphQL (LoggedResolver.logged) rejected: token_missing. Requires: user',
    ]);
    await send(application, '{ logged }');
    expect(lines()).toHaveLength(2);
  });

  it('names the roles of a caller who lacks the role of a rule, which may be misspelled', async () => {
    const application = await startGuarded({ controllers: [ReportsController] }, {}, (app) =>
      app.useLogger(logger),
    );
    logger.debug.mockClear();
    await requestAs(application.url, alice).get(`/reports/${ACME_ID}`).expect(403);
    expect(lines()).toEqual([
      'GET /reports/:orgId (ReportsController.show) rejected: role_missing (The caller does not have the required role in the ' +
        'organization, but "Owner"). Requires: Onwer and above of the org in path orgId',
    ]);
  });

  it('has 60 lines for a client at once and one more each second, with the number of those left out', async () => {
    const application = await startGuarded({ controllers: [ReportsController] }, {}, (app) => {
      app.useLogger(logger);
      (app as NestExpressApplication).set('trust proxy', true);
    });
    logger.debug.mockClear();
    const clock = stopLogClock();
    const callFrom = (address: string) =>
      request(application.url).get('/reports').set('X-Forwarded-For', address).expect(401);
    for (let call = 0; call < 70; call++) await callFrom('2001:db8::1');
    expect(readFileSync('docs/troubleshooting.md', 'utf8')).toContain(
      `\`\`\`text\n${lines()[0]}\n`,
    );
    expect(lines()).toHaveLength(60);
    // Of the same network, so perhaps the same client.
    await callFrom('2001:db8::2');
    expect(lines()).toHaveLength(60);
    await callFrom('198.51.100.7');
    expect(lines()).toHaveLength(61);
    clock.advance(1000);
    await callFrom('2001:db8::1');
    await callFrom('2001:db8::1');
    expect(lines()).toHaveLength(62);
    expect(lines().at(-1)).toContain('(lines left out about this client: 11)');
  });
});
