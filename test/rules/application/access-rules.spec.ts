import {
  type CanActivate,
  type ExecutionContext,
  Controller,
  Get,
  HttpException,
  Injectable,
} from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import {
  accessRule,
  describeAccess,
  guardRule,
  OptionalCaller,
  OptionalUser,
  RequireOrgMember,
  type AccessCall,
  type AccessDecisionEvent,
  type AccessRule,
  type AccessVerdict,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import type { TestUser } from 'nestjs-propelauth/testing';
import { of } from 'rxjs';
import { beforeTests } from '../../support/application.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { alice } from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';

type Denial = 'gone' | 'sign_in' | 'paused';

/** Says what a test wants, and writes down what it was asked. */
@Injectable()
class AnyRule implements AccessRule<[place?: string], never, Denial> {
  readonly name = 'any';
  readonly denials = { gone: 404, sign_in: 401, paused: 409 } as const;
  readonly asked: [string | undefined, AccessCall][] = [];
  verdict: () => unknown = () => true;

  authorize(call: AccessCall, place?: string) {
    this.asked.push([place, call]);
    return this.verdict() as AccessVerdict<Denial>;
  }
}

const RequireAny = accessRule(AnyRule);

/** With words of its own. */
@Injectable()
class PlanRule implements AccessRule<[plan: string], 'org', 'plan_required'> {
  readonly name = 'plan';
  readonly requires = ['org'] as const;
  readonly denials = { plan_required: 402 } as const;

  describe(plan: string) {
    return `plan ${plan}`;
  }

  authorize() {
    return true;
  }
}

const RequirePlan = accessRule(PlanRule);

/** Lets in whoever has the link. It answers as a test wants. */
@Injectable()
class ShareLinkGuard implements CanActivate {
  answer: () => unknown = () => true;
  readonly seen: ExecutionContext[] = [];

  canActivate(context: ExecutionContext) {
    this.seen.push(context);
    return this.answer() as boolean;
  }
}

const RequireShareLink = guardRule(ShareLinkGuard);

@Controller('levels')
@RequireAny('class')
class LevelsController {
  @Get()
  @RequireAny('handler')
  @RequireAny('class')
  list() {}
}

class Inherited extends LevelsController {}
Controller('inherited')(Inherited);

const decisions: AccessDecisionEvent[] = [];

const application = beforeTests(() =>
  startGuarded(
    {
      controllers: [
        routeUnder('orgs/:orgId/exports', RequireOrgMember(), RequirePlan('pro')),
        routeUnder('any', RequireAny()),
        routeUnder('optional', OptionalUser(), RequireAny()),
        routeUnder('maybe', OptionalCaller('user', 'api-key'), RequireAny()),
        routeUnder('shared', OptionalCaller(), RequireShareLink()),
        routeUnder('shared/users', RequireShareLink()),
        LevelsController,
        Inherited,
      ],
      providers: [AnyRule, PlanRule, ShareLinkGuard],
    },
    { onDecision: (event) => decisions.push(event), debugMode: true },
  ),
);
let rule: AnyRule;
let guard: ShareLinkGuard;

beforeEach(() => {
  rule = application.app.get(AnyRule);
  rule.verdict = () => true;
  rule.asked.length = 0;
  guard = application.app.get(ShareLinkGuard);
  guard.answer = () => true;
  guard.seen.length = 0;
  decisions.length = 0;
});

const get = (path: string, user: TestUser | null = alice) =>
  request(application.url, user).get(path);

const denied = (code: string) => ({ reason: 'rule_denied', denial: { rule: 'any', code } });

function thrower(error: unknown): () => never {
  return () => {
    throw error;
  };
}

describe('A rule of the application', () => {
  it('adds up with those of the class, outer ones first, and counts once', async () => {
    for (const path of ['/levels', '/inherited']) {
      rule.asked.length = 0;
      await get(path).expect(200);
      expect(rule.asked.map(([place]) => place)).toEqual(['class', 'handler']);
    }
  });

  it('sees the call, its caller and its organization, and can change none of them', async () => {
    await get('/any?page=2').expect(200);
    const [, call] = rule.asked[0] as [string, AccessCall];
    expect(call).toMatchObject({ transport: 'http', userId: alice.userId, org: null });
    expect(call.caller).toMatchObject({ kind: 'user', key: `user:${alice.userId}` });
    expect(call.handler).toEqual({ controller: 'OneRouteController', name: 'show' });
    expect(() => Object.assign(call, { caller: null })).toThrow(TypeError);
  });

  const failing = new Error('The database is gone');

  it.each<[string, () => unknown, number, Record<string, string>, object]>([
    [
      'when to try again',
      () => ({ code: 'paused', retryAfter: 60 }),
      409,
      { 'retry-after': '60' },
      denied('paused'),
    ],
    [
      'a challenge',
      () => 'sign_in',
      401,
      { 'www-authenticate': 'Bearer error="invalid_token"' },
      denied('sign_in'),
    ],
    ['a row, which is no access', () => ({ id: 7 }), 500, {}, { reason: 'error' }],
    ['an error', thrower(failing), 500, {}, { reason: 'error' }],
    [
      'an exception',
      () => Promise.reject(new HttpException('Later', 503)),
      503,
      {},
      { reason: 'error' },
    ],
  ])('denies with %s', async (_what, verdict, status, headers, decision) => {
    rule.verdict = verdict;
    const response = await get('/any');
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject(headers);
    expect(decisions).toMatchObject([{ allowed: false, ...decision }]);
    expect(response.text).not.toContain(failing.message);
  });

  it('that says false to unauthenticated callers gives 401, and its message with a code', async () => {
    rule.verdict = () => false;
    const { body, headers } = await get('/optional', null).expect(401);
    expect([body.reason, headers['www-authenticate']]).toEqual(['credential_missing', 'Bearer']);
    rule.verdict = () => 'gone';
    const { body: gone } = await get('/optional', null).expect(404);
    expect(gone).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: "the rule 'any': gone",
      code: 'gone',
      reason: 'rule_denied',
    });
  });

  it('is in the table, in descriptions and in OpenAPI documents', () => {
    const described = describeAccess(application.app);
    expect(Object.fromEntries(described.map(({ name, summary }) => [name, summary]))).toMatchObject(
      {
        'GET /orgs/:orgId/exports': 'members of the org in path orgId, plan pro',
        'GET /optional': 'optional user, any',
        'GET /levels': 'user, any, any',
        'GET /shared': 'optional, share-link',
        'GET /shared/users': 'user, share-link',
        'GET /maybe': 'optional user or API key, any',
      },
    );
    const ofExports = described.find(({ name }) => name.endsWith('/exports'));
    expect(ofExports?.rules['application']).toEqual([{ rule: 'plan', words: 'plan pro' }]);
    const { paths, components } = PropelAuthSwagger.createDocument(
      application.app,
      new DocumentBuilder().build(),
    );
    expect(Object.keys(paths['/shared']!.get!.responses)).toContain('401');
    const operation = paths['/orgs/{orgId}/exports']?.get;
    expect(operation?.description).toBe('Access: members of the org in path orgId, plan pro.');
    expect(operation?.responses).toMatchObject({
      402: {
        description: "The rule 'plan' denies the request.",
        content: {
          'application/json': {
            examples: { plan_required: { value: { statusCode: 402, code: 'plan_required' } } },
          },
        },
      },
    });
    expect(components?.schemas?.['PropelAuthError']).toMatchObject({
      properties: { code: { enum: expect.arrayContaining(['plan_required', 'gone']) } },
    });
  });
});

describe('A guard of the application as a rule', () => {
  it.each<[string, () => unknown]>([
    ['true', () => true],
    ['a promise', async () => true],
    ['an Observable', () => of(true)],
  ])('lets in with %s, and gets the context of the handler', async (_what, answer) => {
    guard.answer = answer;
    // @OptionalCaller() without kinds identifies nobody.
    await get('/shared').expect(200, { userId: null, orgId: null });
    expect(guard.seen[0]?.getHandler().name).toBe('show');
  });

  it.each<[string, () => unknown, number, string]>([
    ['false', () => false, 403, 'rule_denied'],
    ['a promise of false', async () => false, 403, 'rule_denied'],
    ['an Observable of false', () => of(false), 403, 'rule_denied'],
    ['an exception', thrower(new HttpException('No such link', 410)), 410, 'rule_denied'],
    ['an exception of the server', thrower(new HttpException('Later', 503)), 503, 'error'],
    ['an error', thrower(new Error('The database is gone')), 500, 'error'],
    ['nothing', () => undefined, 500, 'error'],
  ])('denies with %s', async (_what, answer, status, reason) => {
    guard.answer = answer;
    const response = await get('/shared/users');
    expect([response.status, decisions.at(-1)?.reason]).toEqual([status, reason]);
  });
});
