import { of } from 'rxjs';
import {
  type CanActivate,
  type ExecutionContext,
  Controller,
  Get,
  HttpException,
  Injectable,
  Module,
  Scope,
  type Type,
} from '@nestjs/common';
import {
  accessRule,
  describeAccess,
  guardRule,
  OptionalCaller,
  OptionalUser,
  PropelAuthGuard,
  RequireOrgMember,
  RequireUser,
  type AccessCall,
  type AccessDecisionEvent,
  type AccessRule,
  type AccessVerdict,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { DocumentBuilder } from '@nestjs/swagger';
import { beforeTests } from '../../support/application.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, GLOBEX_ID } from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';
import { messageOf } from '../../support/start-error.js';

type Plan = 'free' | 'pro';

@Injectable()
class PlanRule implements AccessRule<[plan: Plan], 'org', 'plan_required' | 'plan_paused'> {
  readonly name = 'plan';
  readonly requires = ['org'] as const;
  readonly denials = { plan_required: 402, plan_paused: 409 } as const;
  /** The plans of organizations. */
  readonly plans = new Map<string, string>();

  describe(plan: Plan) {
    return `plan ${plan}`;
  }

  async authorize({ org }: AccessCall<'org'>, plan: Plan) {
    const found = this.plans.get(org.orgId);
    if (found === 'paused') return { code: 'plan_paused', retryAfter: 60 } as const;
    return found === plan;
  }
}

const RequirePlan = accessRule(PlanRule);

/** Says what a test wants, and writes down what it was asked. */
@Injectable()
class AnyRule implements AccessRule<[place?: string], never, 'gone' | 'sign_in'> {
  readonly name = 'any';
  readonly denials = { gone: 404, sign_in: 401 } as const;
  readonly asked: [string | undefined, AccessCall][] = [];
  verdict: () => unknown = () => true;

  authorize(call: AccessCall, place?: string) {
    this.asked.push([place, call]);
    return this.verdict() as AccessVerdict<'gone' | 'sign_in'>;
  }
}

const RequireAny = accessRule(AnyRule);

@Injectable()
class PlainRule implements AccessRule {
  readonly name = 'plain';

  authorize() {
    return false;
  }
}

const RequirePlain = accessRule(PlainRule);

/** Lets in whoever has the link. It answers as a test wants. */
@Injectable()
class ShareLinkGuard implements CanActivate {
  answer: () => ReturnType<CanActivate['canActivate']> = () => true;
  readonly seen: ExecutionContext[] = [];

  canActivate(context: ExecutionContext) {
    this.seen.push(context);
    return this.answer();
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
        routeUnder('plain', RequireUser(), RequirePlain()),
        routeUnder('shared', OptionalCaller(), RequireShareLink()),
        routeUnder('shared/users', RequireShareLink()),
        routeUnder('maybe', OptionalCaller('user', 'api-key'), RequireAny()),
        LevelsController,
        Inherited,
      ],
      providers: [PlanRule, AnyRule, PlainRule, ShareLinkGuard],
    },
    { onDecision: (event) => decisions.push(event), debugMode: true },
  ),
);

const anyRule = () => application.app.get(AnyRule);
const guard = () => application.app.get(ShareLinkGuard);
const get = (path: string, user = alice as typeof alice | null) =>
  request(application.url, user).get(path);
const exports = `/orgs/${ACME_ID}/exports`;

beforeEach(() => {
  anyRule().verdict = () => true;
  anyRule().asked.length = 0;
  decisions.length = 0;
});

describe('A rule of the application', () => {
  it('lets in whom it allows, and denies others with its first code', async () => {
    const { plans } = application.app.get(PlanRule);
    await get(exports).expect(402);
    plans.set(ACME_ID, 'free');
    const { body } = await get(exports).expect(402);
    expect(body).toEqual({
      statusCode: 402,
      error: 'Payment Required',
      message: "the rule 'plan': plan_required",
      code: 'plan_required',
      reason: 'rule_denied',
    });
    plans.set(ACME_ID, 'pro');
    await get(exports).expect(200, { userId: 'user-alice', orgId: ACME_ID });
  });

  it('denies with another of its codes, and says when to try again', async () => {
    application.app.get(PlanRule).plans.set(ACME_ID, 'paused');
    const { headers, body } = await get(exports).expect(409);
    expect(headers['retry-after']).toBe('60');
    expect(body.code).toBe('plan_paused');
  });

  it('is asked after the rules of this package, so that strangers learn nothing', async () => {
    await get(exports, null).expect(401);
    const { body } = await get(`/orgs/${GLOBEX_ID}/exports`).expect(403);
    expect(body.code).toBe('org_access_denied');
    await get('/any', null).expect(401);
    expect(anyRule().asked).toEqual([]);
  });

  it('without codes denies with 403', async () => {
    const { body } = await get('/plain').expect(403);
    expect(body.code).toBe('access_denied');
  });

  it('with a code for 401 denies with a challenge', async () => {
    anyRule().verdict = () => 'sign_in';
    const { headers } = await get('/any').expect(401);
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it('adds up with those of the class, outer ones first, and counts once', async () => {
    for (const path of ['/levels', '/inherited']) {
      anyRule().asked.length = 0;
      await get(path).expect(200);
      expect(anyRule().asked.map(([place]) => place)).toEqual(['class', 'handler']);
    }
  });

  it('sees the call, its caller and its organization, and can change none of them', async () => {
    await get('/any?page=2').expect(200);
    const [, call] = anyRule().asked[0] as [string, AccessCall];
    expect(call).toMatchObject({ transport: 'http', userId: 'user-alice', org: null });
    expect(call.caller).toMatchObject({ kind: 'user', key: 'user:user-alice' });
    expect(call.handler).toEqual({ controller: 'OneRouteController', name: 'show' });
    expect(() => Object.assign(call, { caller: null })).toThrow(TypeError);
  });

  it('is reported by its name and code, and never by values', async () => {
    anyRule().verdict = () => 'gone';
    await get('/any').expect(404);
    expect(decisions).toMatchObject([
      { allowed: false, reason: 'rule_denied', denial: { rule: 'any', code: 'gone' } },
    ]);
  });

  it('that returns a row gives 500, never access', async () => {
    anyRule().verdict = () => ({ id: 7 });
    await get('/any').expect(500);
    expect(decisions).toMatchObject([{ allowed: false, reason: 'error' }]);
  });

  it('that throws gives 500, or the response that it throws', async () => {
    anyRule().verdict = () => {
      throw new Error('The database is gone');
    };
    const { body } = await get('/any').expect(500);
    expect(body).toEqual({ statusCode: 500, message: 'Internal server error' });
    anyRule().verdict = () => Promise.reject(new HttpException('Later', 503));
    await get('/any').expect(503);
  });

  it('that does not answer within 10 s gives 503', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance'] });
    anyRule().verdict = () => {
      setImmediate(() => jest.advanceTimersByTime(10_000));
      return new Promise(() => {});
    };
    const { body } = await get('/any').expect(503);
    jest.useRealTimers();
    expect(body).toMatchObject({ code: 'unavailable', reason: 'rule_unavailable' });
  });

  it('decides about unauthenticated callers under @OptionalUser(), to whom false means 401', async () => {
    await get('/optional', null).expect(200);
    expect(anyRule().asked[0]?.[1].caller).toBeNull();
    anyRule().verdict = () => false;
    const { body, headers } = await get('/optional', null).expect(401);
    expect(body.reason).toBe('credential_missing');
    expect(headers['www-authenticate']).toBe('Bearer');
    await get('/optional').expect(404);
    anyRule().verdict = () => 'gone';
    await get('/optional', null).expect(404);
  });

  it('has the 401 of unauthenticated callers in OpenAPI documents', async () => {
    guard().answer = () => false;
    await get('/shared', null).expect(401);
    guard().answer = () => true;
    const { paths } = PropelAuthSwagger.createDocument(
      application.app,
      new DocumentBuilder().build(),
    );
    expect(Object.keys(paths['/shared']!.get!.responses)).toContain('401');
  });

  it('is in the table, in descriptions and in OpenAPI documents', () => {
    const described = describeAccess(application.app).map(({ name, summary, rules }) => [
      name,
      { summary, rule: rules['application'] },
    ]);
    expect(Object.fromEntries(described)).toMatchObject({
      'GET /orgs/:orgId/exports': {
        summary: 'members of the org in path orgId, plan pro',
        rule: [{ rule: 'plan', words: 'plan pro' }],
      },
      'GET /optional': { summary: 'optional user, any' },
      'GET /levels': { summary: 'user, any, any' },
    });
    const document = PropelAuthSwagger.createDocument(
      application.app,
      new DocumentBuilder().build(),
    );
    const operation = document.paths['/orgs/{orgId}/exports']?.get;
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
      409: { content: {} },
    });
    expect(document.components?.schemas?.['PropelAuthError']).toMatchObject({
      properties: { code: { enum: expect.arrayContaining(['plan_required', 'gone']) } },
    });
  });
});

/** A rule that differs from a right one in some properties. */
function ruleWith(properties: object, name = 'OddRule'): Type<AccessRule> {
  class OddRule {
    constructor() {
      Object.assign(this, { name: 'odd', authorize: () => true }, properties);
    }
  }
  Injectable()(OddRule);
  Object.defineProperty(OddRule, 'name', { value: name });
  return OddRule as unknown as Type<AccessRule>;
}

const startUnder = (
  rule: Type<AccessRule>,
  providers: object[] = [rule],
  ...others: MethodDecorator[]
) =>
  messageOf(
    startGuarded({
      controllers: [routeUnder('odd', ...others, accessRule(rule)())],
      providers: providers as Type[],
    }),
  );

describe('@OptionalCaller()', () => {
  it('identifies callers of its kinds, and nobody by an invalid credential', async () => {
    await get('/maybe').expect(200, { userId: 'user-alice', orgId: null });
    await get('/maybe', null).expect(200, { userId: null, orgId: null });
    await get('/maybe', null).set('authorization', 'Bearer a.b.c').expect(200);
    expect(anyRule().asked.map(([, { caller }]) => caller?.kind ?? null)).toEqual([
      'user',
      null,
      null,
    ]);
  });

  it('without kinds identifies nobody', async () => {
    const { body } = await get('/shared').expect(200);
    expect(body).toEqual({ userId: null, orgId: null });
  });

  it.each<[string, () => unknown, string]>([
    ['no kind', () => OptionalCaller('User'), "@OptionalCaller('User') names no kind of callers."],
    [
      'a kind twice',
      () => OptionalCaller('user', 'user'),
      "@OptionalCaller('user', 'user') names a kind twice.",
    ],
    [
      'MCP clients',
      () => OptionalCaller('mcp'),
      "@OptionalCaller('mcp') names 'mcp', but an MCP server asks its clients to sign in.",
    ],
    [
      'undefined',
      () => OptionalCaller(undefined as never),
      'Argument 1 of @OptionalCaller() is undefined',
    ],
  ])('throws for %s', (_what, decorate, message) => {
    expect(decorate).toThrow(message);
  });
});

describe('A guard of the application as a rule', () => {
  beforeEach(() => {
    guard().answer = () => true;
    guard().seen.length = 0;
  });

  it.each<[string, () => ReturnType<CanActivate['canActivate']>]>([
    ['true', () => true],
    ['a promise', async () => true],
    ['an Observable', () => of(true)],
  ])('lets in with %s, and gets the context of the handler', async (_what, answer) => {
    guard().answer = answer;
    await get('/shared', null).expect(200);
    expect(guard().seen[0]?.getHandler().name).toBe('show');
  });

  it.each<[string, () => ReturnType<CanActivate['canActivate']>, number, string | undefined]>([
    ['false', () => false, 403, 'rule_denied'],
    ['a promise of false', async () => false, 403, 'rule_denied'],
    ['an Observable of false', () => of(false), 403, 'rule_denied'],
    [
      'an exception',
      () => {
        throw new HttpException('No such link', 410);
      },
      410,
      'rule_denied',
    ],
    [
      'an exception of the server',
      () => {
        throw new HttpException('Later', 503);
      },
      503,
      'error',
    ],
    [
      'an error',
      () => {
        throw new Error('The database is gone');
      },
      500,
      'error',
    ],
    ['nothing', () => undefined as never, 500, 'error'],
  ])('denies with %s', async (_what, answer, status, reason) => {
    guard().answer = answer;
    await get('/shared/users').expect(status);
    expect(decisions.at(-1)?.reason).toBe(reason);
  });

  it('that says false to an unauthenticated caller gives 401', async () => {
    guard().answer = () => false;
    const { body } = await get('/shared', null).expect(401);
    expect(body.code).toBe('credential_missing');
  });

  it('is in the table under its name', () => {
    const summaries = describeAccess(application.app).map(({ name, summary }) => [name, summary]);
    expect(Object.fromEntries(summaries)).toMatchObject({
      'GET /shared': 'optional, share-link',
      'GET /shared/users': 'user, share-link',
      'GET /maybe': 'optional user or API key, any',
    });
  });

  it('is a class of the application', async () => {
    expect(() => guardRule('ShareLinkGuard' as never)).toThrow(
      'guardRule() needs the class of a guard of your own.',
    );
    expect(() => guardRule(PropelAuthGuard)).toThrow(
      'guardRule() needs the class of a guard of your own.',
    );
    const starting = startGuarded({
      controllers: [routeUnder('odd', guardRule(PlanRule as never)())],
      providers: [PlanRule],
    });
    expect(await messageOf(starting)).toContain('The guard PlanRule has no method canActivate().');
  });
});

describe('Startup fails for a rule of the application', () => {
  it.each<[string, object, string]>([
    ['without authorize()', { authorize: undefined }, 'has no method authorize().'],
    ['with a wrong name', { name: 'odd plan' }, 'has no valid name.'],
  ])('%s', async (_what, properties, mistake) => {
    expect(await startUnder(ruleWith(properties))).toContain(`The rule OddRule ${mistake}`);
  });

  it('that nobody provides', async () => {
    expect(await startUnder(ruleWith({}), [])).toContain(
      'A rule of the application names OddRule, which no module provides.',
    );
  });

  it('that is request-scoped', async () => {
    const rule = ruleWith({});
    Injectable({ scope: Scope.REQUEST })(rule);
    expect(await startUnder(rule)).toContain(
      'A rule of the application names OddRule, which has request or transient scope',
    );
  });

  it('that two modules provide', async () => {
    const rule = ruleWith({});
    @Module({ providers: [rule] })
    class OtherModule {}
    const starting = startGuarded({
      imports: [OtherModule],
      controllers: [routeUnder('odd', accessRule(rule)())],
      providers: [rule],
    });
    expect(await messageOf(starting)).toContain(
      'The rule OddRule is provided by more than one module',
    );
  });

  it.each<[string, object, string]>([
    ['has the name of another', {}, "The rule OddRule has the name 'odd', as Second has."],
    [
      'has a code of another with another status',
      { name: 'second', denials: { odd: 409 } },
      'The rule OddRule denies calls with 404 odd, and Second with 409 odd.',
    ],
  ])('that %s', async (_what, properties, message) => {
    const first = ruleWith({ denials: { odd: 404 } });
    const second = ruleWith(properties, 'Second');
    const neither = ruleWith({ name: 'neither' }, 'Neither');
    const others = [accessRule(first)(), accessRule(second)()];
    expect(await startUnder(neither, [first, second, neither], ...others)).toContain(message);
  });

  it('that requires what its handler does not give', async () => {
    expect(await startUnder(ruleWith({ requires: ['org'] }))).toContain(
      "The rule 'odd' requires an organization, which no rule of this handler checks. Add @RequireOrgMember().",
    );
    expect(
      await startUnder(
        ruleWith({ requires: ['caller'] }),
        undefined,
        OptionalCaller('user', 'api-key'),
      ),
    ).toContain(
      "The rule 'odd' requires a caller, and this handler accepts unauthenticated callers. Use @RequireCaller('user', 'api-key')",
    );
  });

  it('whose decorator gets no class, or an argument that a circular import has left undefined', () => {
    expect(() => accessRule('PlanRule' as never)).toThrow(
      'accessRule() needs the class of a rule.',
    );
    expect(() => accessRule(undefined as never)).toThrow('Argument 1 of accessRule() is undefined');
    expect(() => RequirePlan(undefined as never)).toThrow(
      'Argument 1 of accessRule(PlanRule) is undefined',
    );
  });
});
