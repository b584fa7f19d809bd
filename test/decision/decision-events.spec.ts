import { Controller, Get } from '@nestjs/common';
import {
  describeAccess,
  OptionalUser,
  RequireOrgRole,
  type AccessDecisionEvent,
  type OrgSource,
  type PropelAuthModuleOptions,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import type { RunningApplication } from '../support/application.js';
import { stopClock } from '../support/fake-timers.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { ACME, ACME_ID, alice, carol, dave, GLOBEX_ID, userIn } from '../support/project.js';

/** A source that cannot be described once the application has started: its name has no text. */
const nameOfSource: { current: unknown } = { current: 'x-org-id' };
const unnameable: OrgSource = Object.defineProperty(() => undefined, 'reads', {
  get: () => ({ from: 'header', name: nameOfSource.current }),
});

@Controller()
class ReportsController {
  @Get('orgs/:orgId/reports')
  @RequireOrgRole('Admin')
  list() {}

  @Get('optional')
  @OptionalUser()
  optional() {}

  @Get('broken')
  @RequireOrgRole('Admin', {
    org: () => {
      throw new Error('broken source');
    },
  })
  broken() {}

  @Get('unnameable')
  @RequireOrgRole('Admin', { org: unnameable })
  unnameable() {}
}

const logger = { log: jest.fn(), warn: jest.fn(), error: jest.fn(), debug: jest.fn() };

describe('onDecision', () => {
  let application: RunningApplication | undefined;
  let events: AccessDecisionEvent[];

  beforeEach(() => {
    events = [];
    application = undefined;
    jest.clearAllMocks();
  });

  async function get(
    path: string,
    user?: TestUser,
    onDecision: PropelAuthModuleOptions['onDecision'] = (event) => void events.push(event),
    claims?: object,
  ) {
    application ??= await startGuarded(
      { controllers: [ReportsController] },
      { onDecision },
      (app) => app.useLogger(logger),
    );
    const call = request(application.url).get(path);
    return user
      ? call.set('Authorization', await issuer.authorization(user, { claims: { ...claims } }))
      : call;
  }

  const path = `/orgs/${ACME_ID}/reports`;
  const rule = 'Admin and above of the org in path orgId';
  const sent = { time: expect.any(Date), address: '127.0.0.1' };
  const route = {
    controller: 'ReportsController',
    handler: 'list',
    method: 'GET',
    path: '/orgs/:orgId/reports',
  };

  it.each<[string, string, TestUser | undefined, object, object?]>([
    ['an allowed call', path, alice, { allowed: true, userId: alice.userId, orgId: ACME_ID }],
    ['a call without a token', path, undefined, { allowed: false, reason: 'token_missing' }],
    [
      'a call with an expired token',
      path,
      alice,
      { allowed: false, reason: 'token_expired' },
      { exp: 1_000_000_000 },
    ],
    [
      'a call of a user without organizations',
      path,
      dave,
      { allowed: false, reason: 'not_a_member', userId: dave.userId },
    ],
    [
      'a call for a foreign organization, which is not named',
      `/orgs/${GLOBEX_ID}/reports`,
      alice,
      { allowed: false, reason: 'not_a_member', userId: alice.userId },
    ],
    [
      'a call of a member without the role',
      path,
      carol,
      { allowed: false, reason: 'role_missing', userId: carol.userId, orgId: ACME_ID },
    ],
    [
      'a call of an employee who impersonates a user',
      path,
      { ...userIn('eve', { ...ACME, role: 'Owner' }), impersonatorUserId: 'employee' },
      { allowed: true, userId: 'user-eve', impersonatorUserId: 'employee', orgId: ACME_ID },
    ],
  ])('is called for %s', async (_name, calledPath, user, expected, claims = {}) => {
    await get(calledPath, user, undefined, claims);
    const credential = 'userId' in expected && { credential: 'access-token' };
    expect(events).toEqual([{ ...expected, ...credential, ...sent, route, rule }]);
  });

  it('is called for an unauthenticated call', async () => {
    await get('/optional');
    expect(events).toEqual([
      {
        ...sent,
        allowed: true,
        route: { ...route, handler: 'optional', path: '/optional' },
        rule: 'optional user',
      },
    ]);
  });

  it('is called for an error, which never allows the call', async () => {
    const { status } = await get('/broken', alice);
    expect(status).toBe(500);
    const cause = new Error('broken source');
    expect(events).toMatchObject([
      { allowed: false, reason: 'error', cause, userId: alice.userId },
    ]);
  });

  it('receives no token', async () => {
    const token = await issuer.accessToken(alice);
    await get(path, alice);
    expect(JSON.stringify(events)).not.toContain(token.split('.')[2]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('audit log is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('audit log is full'))],
  ])(
    'does not change the response if it %s, and the error is logged once a minute',
    async (_name, onDecision) => {
      expect((await get(path, alice, onDecision)).status).toBe(200);
      expect((await get(path, carol, onDecision)).status).toBe(403);
      expect(logger.error).toHaveBeenCalledTimes(1);
      expect(logger.error).toHaveBeenCalledWith(
        'onDecision failed: audit log is full',
        expect.any(String),
        'PropelAuth',
      );
    },
  );

  it('does not hold up the response if its promise never settles', async () => {
    expect((await get(path, alice, () => new Promise(() => {}))).status).toBe(200);
  });

  it('escapes control characters in the log line about its error, and in the stack', async () => {
    await get(path, alice, () => {
      throw new Error('full\n\u001b[31mFAKE LINE');
    });
    const [[line, stack] = []] = logger.error.mock.calls as string[][];
    expect(line).toBe('onDecision failed: full\\n\\u001b[31mFAKE LINE');
    expect(stack).toMatch(/^Error: full\\n.*FAKE LINE\n +at /);
    expect(stack).not.toContain('\u001b');
  });

  it('a rejection is logged at debug level, with its reason and without the token', async () => {
    await get(path, carol);
    const lines = logger.debug.mock.calls.filter(([, context]) => context === 'PropelAuth');
    expect(lines).toEqual([
      [
        'GET /orgs/:orgId/reports (ReportsController.list) rejected: role_missing ' +
          '(The caller does not have the required role in the organization, but "Member"). Requires: Admin and above of the org in path orgId',
        'PropelAuth',
      ],
    ]);
  });

  it('has the time of the decision', async () => {
    stopClock(Date.now());
    await get(path);
    expect(events[0]?.time).toEqual(new Date());
  });

  it('has the rule in the words of describeAccess()', async () => {
    await get(path);
    await get('/broken', alice);
    const described = describeAccess(application!.app);
    const summaries = ['list', 'broken'].map(
      (name) => described.find(({ handler }) => handler === name)?.summary,
    );
    expect(events.map((event) => event.rule)).toEqual(summaries);
  });

  it('is called without the rule if the rule cannot be described, and the error is logged once', async () => {
    await get(path, alice);
    nameOfSource.current = Object.create(null);
    expect((await get('/unnameable')).status).toBe(401);
    expect((await get('/unnameable', carol)).status).toBe(403);
    expect(events.slice(1).map(({ reason, ...event }) => [reason, 'rule' in event])).toEqual([
      ['token_missing', false],
      ['org_missing', false],
    ]);
    expect(logger.error).toHaveBeenCalledTimes(1);
  });
});
