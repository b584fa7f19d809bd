import { readFileSync } from 'node:fs';
import { Controller, Get } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  describeAccess,
  OptionalUser,
  RequireOrgRole,
  RequireUser,
  type AccessDecisionEvent,
  type OrgSource,
} from 'nestjs-propelauth';
import { beforeTests } from '../support/application.js';
import { stopClock, stopLogClock } from '../support/fake-timers.js';
import { codesOf, graphqlModule, send } from '../support/graphql.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { ACME, ACME_ID, alice, carol, GLOBEX_ID, userIn } from '../support/project.js';
import { routeUnder } from '../support/routes.js';

/** A source that cannot be described once the application has started: its name has no text. */
const nameOfSource: { current: unknown } = { current: 'x-org-id' };
const unnameable: OrgSource = Object.defineProperty(() => undefined, 'reads', {
  get: () => ({ from: 'header', name: nameOfSource.current }),
});

const broken: OrgSource = () => {
  throw new Error('broken source');
};

@Controller()
class ReportsController {
  @Get('reports')
  @RequireUser()
  list() {}
}

@Resolver()
class LoggedResolver {
  @Query(() => String, { nullable: true })
  @RequireUser()
  logged() {}
}

const logger = { log: jest.fn(), warn: jest.fn(), error: jest.fn(), debug: jest.fn() };
const lines = () => logger.debug.mock.calls.map(([line]) => line as string);

const events: AccessDecisionEvent[] = [];
const keep = (event: AccessDecisionEvent): unknown => events.push(event);
let listen = keep;

const application = beforeTests(() =>
  startGuarded(
    {
      imports: [graphqlModule()],
      controllers: [
        routeUnder('orgs/:orgId/reports', RequireOrgRole('Admin')),
        routeUnder('misspelled/:orgId', RequireOrgRole('Onwer')),
        ReportsController,
        routeUnder('optional', OptionalUser()),
        routeUnder('broken', RequireOrgRole('Admin', { org: broken })),
        routeUnder('unnameable', RequireOrgRole('Admin', { org: unnameable })),
      ],
      providers: [LoggedResolver],
    },
    { onDecision: (event) => listen(event) },
    (app) => {
      app.useLogger(logger);
      (app as NestExpressApplication).set('trust proxy', true);
    },
  ),
);
let clock: ReturnType<typeof stopLogClock>;

beforeEach(() => {
  events.length = 0;
  listen = keep;
  clock = stopLogClock();
  jest.clearAllMocks();
});

const get = (path: string, user: typeof alice | null = null) =>
  request(application.url, user).get(path);

const reports = `/orgs/${ACME_ID}/reports`;
const ofReports = 'Admin and above of the org in path orgId';
const sent = { time: expect.any(Date) as unknown, address: '127.0.0.1' };
const route = { controller: 'OneRouteController', handler: 'show', method: 'GET' };

const ofUser = (userId: string) => ({ credential: 'access-token', userId });

const full = () => new Error('full\n\u001b[31mFAKE LINE');
const throwing = () => {
  throw full();
};

describe('onDecision', () => {
  const eve = { ...userIn('eve', { ...ACME, role: 'Owner' }), impersonatorUserId: 'employee' };

  it.each<[string, string, typeof alice | null, object]>([
    ['an allowed call', ACME_ID, alice, { ...ofUser(alice.userId), orgId: ACME_ID }],
    [
      'an employee who impersonates a user',
      ACME_ID,
      eve,
      { ...ofUser('user-eve'), impersonatorUserId: 'employee', orgId: ACME_ID },
    ],
    ['a call without a token', ACME_ID, null, { reason: 'token_missing' }],
    [
      'a foreign organization, which is not named',
      GLOBEX_ID,
      alice,
      { ...ofUser(alice.userId), reason: 'not_a_member' },
    ],
    [
      'a member without the role',
      ACME_ID,
      carol,
      { ...ofUser(carol.userId), reason: 'role_missing', orgId: ACME_ID },
    ],
  ])('is told all about %s', async (_what, orgId, user, expected) => {
    const { status } = await get(`/orgs/${orgId}/reports`, user);
    const ofRoute = { ...route, path: '/orgs/:orgId/reports' };
    const allowed = status === 200;
    expect(events).toEqual([{ ...expected, allowed, ...sent, route: ofRoute, rule: ofReports }]);
    expect(allowed).toBe(!('reason' in expected));
  });

  it('is told of an unauthenticated call, with the time of the decision', async () => {
    stopClock(Date.now());
    await get('/optional').expect(200);
    const ofRoute = { ...route, path: '/optional' };
    expect(events).toEqual([
      { ...sent, time: new Date(), allowed: true, route: ofRoute, rule: 'optional user' },
    ]);
  });

  it('is told no token', async () => {
    const token = await issuer.accessToken(alice);
    await get(reports).set('authorization', `Bearer ${token}`).expect(200);
    expect(JSON.stringify(events)).not.toContain(token.split('.')[2]);
  });

  it('is told of an error, which never allows the call', async () => {
    await get('/broken', alice).expect(500);
    const cause = new Error('broken source');
    expect(events).toMatchObject([
      { allowed: false, reason: 'error', cause, userId: alice.userId },
    ]);
  });

  it('is told the rule in the words of describeAccess()', async () => {
    await get(reports);
    await get('/broken', alice);
    const described = describeAccess(application.app);
    const summaries = ['GET /orgs/:orgId/reports', 'GET /broken'].map(
      (name) => described.find((one) => one.name === name)?.summary,
    );
    expect(events.map(({ rule }) => rule)).toEqual(summaries);
  });

  it('is told no rule if the rule cannot be described, and the error is logged once', async () => {
    nameOfSource.current = Object.create(null);
    await get('/unnameable').expect(401);
    await get('/unnameable', carol).expect(403);
    expect(events.map(({ reason, ...event }) => [reason, 'rule' in event])).toEqual([
      ['token_missing', false],
      ['org_missing', false],
    ]);
    expect(logger.error).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['throws', throwing],
    ['rejects', () => Promise.reject(full())],
  ])(
    'does not change the response if it %s: the error is logged once a minute, without control characters',
    async (_how, failing) => {
      listen = failing;
      await get(reports, alice).expect(200);
      await get(reports, carol).expect(403);
      const [[line, stack, context] = [], ...others] = logger.error.mock.calls as string[][];
      expect(others).toEqual([]);
      expect([line, context]).toEqual([
        'onDecision failed: full\\n\\u001b[31mFAKE LINE',
        'PropelAuth',
      ]);
      expect(stack).toMatch(/^Error: full\\n.*FAKE LINE\n +at /);
      expect(stack).not.toContain('\u001b');
      clock.advance(60_000);
      await get(reports, alice).expect(200);
      expect(logger.error).toHaveBeenCalledTimes(2);
    },
  );

  it('does not hold up the response if its promise never settles', async () => {
    listen = () => new Promise(() => {});
    const { status } = await get(reports, alice);
    expect(status).toBe(200);
  });
});

const callFrom = (address: string) => get('/reports').set('X-Forwarded-For', address).expect(401);

describe('The log of rejected calls', () => {
  it('names the roles of a caller who lacks the role of a rule, which may be misspelled', async () => {
    await get(`/misspelled/${ACME_ID}`, alice).expect(403);
    expect(logger.debug.mock.calls).toEqual([
      [
        'GET /misspelled/:orgId (OneRouteController.show) rejected: role_missing (The caller does not have the required role in the ' +
          'organization, but "Owner"). Requires: Onwer and above of the org in path orgId',
        'PropelAuth',
      ],
    ]);
  });

  it('has one line for a GraphQL operation, however many of its fields are rejected', async () => {
    const aliases = Array.from({ length: 200 }, (_, index) => `a${index}: logged`);
    const answer = await send(application, `{ ${aliases.join(' ')} }`);
    expect(codesOf(answer)).toEqual(Array(200).fill('UNAUTHENTICATED'));
    expect(events).toHaveLength(200);
    expect(lines()).toEqual([
      'GraphQL (LoggedResolver.logged) rejected: token_missing. Requires: user',
    ]);
    await send(application, '{ logged }');
    expect(lines()).toHaveLength(2);
  });

  it('has 60 lines for a client at once and one more each second, with the number of those left out', async () => {
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
