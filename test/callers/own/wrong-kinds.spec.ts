import { MessagePattern } from '@nestjs/microservices';
import {
  applyDecorators,
  Controller,
  Get,
  Injectable,
  Scope,
  ServiceUnavailableException,
  type Type,
} from '@nestjs/common';
import {
  activeOrg,
  DenyImpersonation,
  OptionalUser,
  orgFromHeader,
  Public,
  RequireAnyOf,
  RequireCaller,
  RequireMetadata,
  RequireOrgMember,
  RequireScope,
  RequireStepUpMfa,
  RequireUser,
  type CallerKind,
} from 'nestjs-propelauth';
import {
  issuer,
  request,
  startGuarded,
  type PropelAuthOptions,
} from '../../support/guarded-application.js';
import { ACME_ID, alice } from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { messageOf } from '../../support/start-error.js';
import { Routes, SERVICE_TOKEN, ServiceTokens, PersonalTokens, ShareLinks } from './kinds.js';

type Kind = CallerKind<never>;

const headers = { 'x-service-token': SERVICE_TOKEN };

/** Services under another name. */
const named = (name: string, more = {}) =>
  Object.assign(new ServiceTokens(), { name, credential: [{ header: `x-${name}` }], ...more });

/** A handler that accepts these kinds, and denies impersonation. */
function denyingImpersonation(...kinds: ('user' | 'service')[]): Type {
  class ImpersonationController {
    @Get()
    @RequireCaller(...kinds)
    @DenyImpersonation()
    list() {}
  }
  Controller()(ImpersonationController);
  return ImpersonationController;
}

/** What an application with one controller and one own kind says at startup. */
function startErrorOf(type: Type, kind: Type<CallerKind> = ServiceTokens): Promise<string> {
  return messageOf(
    startGuarded({ controllers: [type], providers: [kind] }, { callerKinds: [kind] }),
  );
}

/** What an application says at startup whose only handler has these decorators. */
function startErrorUnder(options: Partial<PropelAuthOptions>, decorators: MethodDecorator[]) {
  const tenant = named('tenant', { activeOrgId: () => ACME_ID });
  const callerKinds = [new ServiceTokens(), named('robot'), tenant];
  const controllers = [routeUnder('org', ...decorators)];
  return messageOf(startGuarded({ controllers }, { ...options, callerKinds }));
}

/** An application whose only own kind is that of services, changed so. */
function startWith(change: Partial<Kind>) {
  @Injectable()
  class Changed extends ServiceTokens {
    constructor() {
      super();
      Object.assign(this, change);
    }
  }
  return startGuarded(
    { controllers: [Services], providers: [Changed] },
    { callerKinds: [Changed] },
  );
}

@Controller()
class Services {
  @Get('services')
  @RequireCaller('service')
  list() {
    return {};
  }

  @Get('orgs/:orgId')
  @RequireCaller('service')
  @RequireOrgMember()
  org() {
    return {};
  }

  @Get('eu')
  @RequireMetadata({ region: 'eu' }, { of: 'service' })
  eu() {
    return {};
  }

  @Get('scoped')
  @RequireCaller('service')
  @RequireScope('reports:read')
  scoped() {
    return {};
  }
}

describe('A kind of callers that does something wrong', () => {
  it.each<[string, Partial<Kind>, number]>([
    [
      'throws',
      {
        identify: () => {
          throw new Error('The database is gone');
        },
      },
      500,
    ],
    [
      'rejects',
      {
        identify: async () => {
          throw new Error('The database is gone');
        },
      },
      500,
    ],
    [
      'throws an HttpException',
      {
        identify: () => {
          throw new ServiceUnavailableException();
        },
      },
      503,
    ],
    ['answers true', { identify: () => true as never }, 500],
    ['answers with a text', { identify: () => 'billing' as never }, 500],
    ['answers with a number', { identify: () => 1 as never }, 500],
    ['answers with a function', { identify: () => (() => {}) as never }, 500],
    ['answers null', { identify: () => null as never }, 401],
    ['answers undefined', { identify: () => undefined }, 401],
    ['answers false', { identify: () => false as never }, 500],
    ['answers with an empty text', { identify: () => '' as never }, 500],
    ['has a wrong expiry', { expiresAt: () => 'tomorrow' as never }, 500],
    ['has an invalid date', { expiresAt: () => new Date(Number.NaN) }, 500],
    [
      'throws about the expiry',
      {
        expiresAt: () => {
          throw new Error('no');
        },
      },
      500,
    ],
    ['has expired', { expiresAt: () => new Date(0) }, 401],
  ])('lets nobody in: one that %s', async (_what, change, status) => {
    const { url } = await startWith(change);
    await request(url).get('/services').set(headers).expect(status);
  });

  it.each(['key', 'userId', 'scopes', 'metadata', 'expiresAt', 'impersonator'] as const)(
    'says what is wrong without quoting the credential, once: %s() throws',
    async (name) => {
      const logger = new RecordingLogger();
      const { app, url } = await startWith({
        [name]: () => {
          throw new Error(`no caller for ${SERVICE_TOKEN}`);
        },
      });
      app.useLogger(logger);
      const paths = ['/services', `/orgs/${ACME_ID}`, '/eu', '/scoped', '/services'];
      const texts = await Promise.all(
        paths.map(async (path) => (await request(url).get(path).set(headers)).text),
      );
      for (const text of [...texts, logger.text]) expect(text).not.toContain('no caller for');
      const lines = logger.of('error').filter((line) => line.includes(`${name}()`));
      expect(lines.length).toBeLessThanOrEqual(1);
    },
  );

  it('is not asked for its key on a call that needs none', async () => {
    const { url } = await startWith({
      key: () => {
        throw new Error('no key');
      },
    });
    await request(url).get('/services').set(headers).expect(200);
  });

  it.each<[string, unknown]>([
    ['is no list', () => ({ [ACME_ID]: { role: 'Owner' } })],
    ['has an entry without a role', () => [{ orgId: ACME_ID }]],
  ])('lets nobody in whose list of memberships %s', async (_what, memberships) => {
    const { url } = await startWith({ memberships: memberships as Kind['memberships'] });
    await request(url).get(`/orgs/${ACME_ID}`).set(headers).expect(500);
  });

  it.each<[string, unknown]>([
    ['are a text', () => 'reports:read'],
    ['are undefined', () => undefined],
    ['contain something else', () => ['reports:read', 1]],
    ['are a promise', async () => ['reports:read']],
  ])('lets nobody in whose scopes %s', async (_what, scopes) => {
    const { url } = await startWith({ scopes: scopes as Kind['scopes'] });
    await request(url).get('/scoped').set(headers).expect(500);
  });

  it.each<[string, unknown]>([
    ['is a text', () => 'eu'],
    ['is a promise', async () => ({ region: 'eu' })],
    ['is a list', () => [{ region: 'eu' }]],
    ['is null', () => null],
  ])('lets nobody in whose metadata %s', async (_what, metadata) => {
    const { url } = await startWith({ metadata: metadata as Kind['metadata'] });
    const { status } = await request(url).get('/eu').set(headers);
    expect(status === 500 || status === 403).toBe(true);
  });
});

describe('Startup fails for a kind of callers', () => {
  class NotProvided extends ServiceTokens {}

  @Injectable({ scope: Scope.REQUEST })
  class OfRequest extends ServiceTokens {}

  const withKinds = (...callerKinds: unknown[]) =>
    messageOf(
      startGuarded(
        { controllers: [Services], providers: [ServiceTokens, PersonalTokens, OfRequest] },
        { callerKinds: callerKinds as never },
      ),
    );

  it.each<[string, unknown[], string]>([
    [
      'that no module provides',
      [NotProvided],
      'callerKinds[0] names NotProvided, which no module provides. Add it to the providers of a module.',
    ],
    [
      'of request scope',
      [OfRequest],
      'callerKinds[0] names OfRequest, which has request or transient scope',
    ],
    ['that is a text', ['service'], 'callerKinds[0] is not a kind of callers'],
    ['that is null', [null], 'callerKinds[0] is not a kind of callers'],
    ['that is a factory', [() => ({})], 'callerKinds[0] is not a kind of callers'],
    [
      'that is there twice',
      [ServiceTokens, ServiceTokens],
      "callerKinds[1] has the name 'service' of another kind",
    ],
  ])('%s', async (_what, kinds, message) => {
    expect(await withKinds(...kinds)).toContain(message);
  });

  it('whose option is no list', async () => {
    const options = { callerKinds: ServiceTokens as never };
    expect(await messageOf(startGuarded({}, options))).toContain('callerKinds is not a list');
  });

  it.each<[string, Partial<Record<keyof Kind, unknown>>, string]>([
    ['without a name', { name: undefined }, 'no usable name'],
    ['with a name of PropelAuth', { name: 'user' }, "the name 'user' of another kind"],
    ['with a reserved name', { name: 'public' }, 'no usable name'],
    ['with a name in upper case', { name: 'Service' }, 'no usable name'],
    ['with the word or in its name', { name: 'this-or-that' }, 'no usable name'],
    ['without identify()', { identify: undefined }, 'no function identify()'],
    ['without key()', { key: 'id' }, 'no function key()'],
    [
      'with scopes that are no function',
      { scopes: ['a'] },
      'a property scopes that is not a function',
    ],
    [
      'with scopeHierarchy alone',
      { scopes: undefined, scopeHierarchy: { a: [] } },
      'a scopeHierarchy without effect. Set it to an object such as',
    ],
    ['with a list of scopeHierarchy', { scopeHierarchy: ['a', 'b'] }, 'without effect. Set it to'],
    ['with a scopeHierarchy that is null', { scopeHierarchy: null }, 'names no scope. Set it to'],
    [
      'with a scope in scopeHierarchy that is not there',
      { scopeHierarchy: { a: ['b'] } },
      'callerKinds[0].scopeHierarchy["a"][0] is not a scope of callerKinds[0].scopeHierarchy. Add it',
    ],
    [
      'with scopes that include each other',
      { scopeHierarchy: { a: ['b'], b: ['a'] } },
      'callerKinds[0].scopeHierarchy["a"] includes "b", which includes it in turn',
    ],
    ['with issuedAt() alone', { issuedAt: () => new Date(0) }, 'Add userId(), or remove it'],
    ['with a challenge of two lines', { challenge: 'A\r\nB' }, 'not a header value'],
    ['without a place', { credential: [] }, 'names no place'],
    ['with a place that is no list', { credential: { header: 'x-a' } }, 'names no place'],
    ['with an unknown place', { credential: [{ body: 'token' }] }, 'there is no place body'],
    [
      'with two places in one',
      { credential: [{ header: 'x-a', query: 'a' }] },
      'each place has one of',
    ],
    [
      'with the Authorization header',
      { credential: [{ header: 'Authorization' }] },
      'has credentials of other kinds',
    ],
    [
      'with the Cookie header',
      { credential: [{ header: 'cookie' }] },
      'has credentials of other kinds',
    ],
    [
      'with the Proxy-Authorization header',
      { credential: [{ header: 'Proxy-Authorization' }] },
      'has credentials of other kinds',
    ],
    ['with a place that is null', { credential: [null] }, 'each place has one of'],
    ['with a header of two words', { credential: [{ header: 'x a' }] }, 'not a header name'],
    ['with a cookie of two words', { credential: [{ cookie: 'a b' }] }, 'not a cookie name'],
    [
      'with an origin that has a path',
      { credential: [{ cookie: 'a', allowedOrigins: ['https://a.example/app'] }] },
      'credential[0].allowedOrigins[0] contains a path',
    ],
    [
      'with an origin that has a wildcard',
      { credential: [{ cookie: 'a', allowedOrigins: ['https://*.example.com'] }] },
      'credential[0].allowedOrigins[0] contains a wildcard',
    ],
    [
      'with an origin without encryption',
      { credential: [{ header: 'x-a' }, { cookie: 'a', allowedOrigins: ['http://a.example'] }] },
      'credential[1].allowedOrigins[0] has to start with https://',
    ],
    [
      'with one origin instead of a list',
      { credential: [{ cookie: 'a', allowedOrigins: 'https://a.example' }] },
      'credential[0].allowedOrigins is not a list',
    ],
    [
      'with origins beside a header',
      { credential: [{ header: 'x-a', allowedOrigins: ['https://a.example'] }] },
      'wrong credential place: only a cookie has allowedOrigins.',
    ],
    ['with a parameter that is no text', { credential: [{ query: 7 }] }, 'not a parameter name'],
    ['with an empty parameter', { credential: [{ path: '' }] }, 'not a parameter name'],
    [
      'with the form of a place that is gone',
      { credential: [{ bearer: 'opaque' }] },
      'no place bearer',
    ],
    ['with a scheme that is none', { credential: [{ scheme: 'Api Key' }] }, "such as 'Bearer'"],
    ['with an empty prefix', { credential: [{ scheme: 'Bearer', prefix: '' }] }, 'visible text'],
    [
      'with a prefix that a circular import has left undefined',
      { credential: [{ scheme: 'Bearer', prefix: undefined }] },
      'a property of it is undefined. Set it, or leave it out.',
    ],
    [
      'with claims that one has left undefined',
      { credential: [{ scheme: 'Bearer', claims: undefined }] },
      'a property of it is undefined.',
    ],
    [
      'with a space in a prefix',
      { credential: [{ scheme: 'ApiKey', prefix: 'a b' }] },
      'visible text',
    ],
    [
      'with a prefix that is no text',
      { credential: [{ scheme: 'Bearer', prefix: 7 }] },
      'visible text',
    ],
    [
      'with claims elsewhere',
      { credential: [{ header: 'x-a', claims: { iss: null } }] },
      'only a scheme has prefix or claims.',
    ],
    [
      'with an empty claim',
      { credential: [{ scheme: 'Bearer', claims: { iss: '' } }] },
      'each of its claims is a string, or null',
    ],
    [
      'with a prefix elsewhere',
      { credential: [{ header: 'x-a', prefix: 'a' }] },
      'only a scheme has prefix',
    ],
    [
      'with a prefix and claims',
      { credential: [{ scheme: 'Bearer', prefix: 'a', claims: { iss: null } }] },
      'both prefix and claims',
    ],
    [
      'with claims of nobody',
      { credential: [{ scheme: 'Bearer', claims: { type: 'a' } }] },
      'need iss',
    ],
    [
      'with a claim that no text can equal',
      { credential: [{ scheme: 'Bearer', claims: { iss: null, admin: true } }] },
      'each of its claims is a string, or null',
    ],
    [
      'with the tokens of users',
      { credential: [{ scheme: 'Bearer', claims: { iss: issuer.moduleOptions.authUrl } }] },
      "that of this application's users",
    ],
    [
      'with two places, one within the other',
      {
        credential: [
          { scheme: 'Bearer', prefix: 'pat' },
          { scheme: 'bearer', prefix: 'pat.' },
        ],
      },
      "callerKinds[0] ('service') has two places for one credential (opaque text after Bearer that begins with pat, and " +
        'opaque text after bearer that begins with pat.). Remove one of them, or give it another scheme, prefix or claim.',
    ],
    [
      'with one header twice, in another case',
      { credential: [{ query: 'a' }, { header: 'x-a' }, { cookie: 'a' }, { header: 'X-A' }] },
      'two places for one credential (the header x-a, and the header x-a).',
    ],
    [
      'with user names and passwords, but no realm',
      { credential: [{ header: 'x-a' }, { scheme: 'basic' }], challenge: undefined },
      'Set challenge',
    ],
  ])('%s', async (_what, change, message) => {
    expect(await messageOf(startWith(change as Partial<Kind>))).toContain(message);
  });

  it.each<[string, Partial<Record<keyof Kind, unknown>>]>([
    ['a challenge of one letter', { challenge: 'A' }],
    ['a realm', { credential: [{ scheme: 'Basic' }], challenge: 'Basic realm="a"' }],
  ])('not one with %s', async (_what, change) => {
    expect(await messageOf(startWith(change as Partial<Kind>))).toBe('');
  });

  it.each<[string, Partial<Record<keyof Kind, unknown>>, string]>([
    ['without memberships', { memberships: undefined }, 'Add memberships() to the kind'],
    ['without scopes', { scopes: undefined }, 'Add scopes() to the kind'],
    ['without metadata', { metadata: undefined }, 'Add metadata() to the kind'],
  ])('%s, where a rule is about them', async (_what, change, message) => {
    expect(await messageOf(startWith(change as Partial<Kind>))).toContain(message);
  });

  it('without impersonator, where impersonation is denied and no accepted kind can say who impersonates', async () => {
    class Impersonated extends ServiceTokens {
      impersonator() {
        return undefined;
      }
    }
    expect(await startErrorOf(denyingImpersonation('service'))).toContain(
      "ImpersonationController.list (GET /): @DenyImpersonation() has no effect, because no caller of the kind 'service' says who impersonates it. " +
        'Add impersonator() to the kind, or remove the decorator.',
    );
    expect(await startErrorOf(denyingImpersonation('service'), Impersonated)).toBe('');
    expect(await startErrorOf(denyingImpersonation('user', 'service'))).toBe('');
  });

  const byToken = Object.assign(() => undefined, { reads: { from: 'token' } as const });

  it.each<[string, string, Partial<PropelAuthOptions>, MethodDecorator[]]>([
    [
      'the active organization',
      "activeOrg() finds no organization, because none of the accepted kinds ('service') has activeOrgId(). Add it, or set the option org " +
        'of the rule to another source.',
      {},
      [RequireCaller('service'), RequireOrgMember({ org: activeOrg() })],
    ],
    [
      'what the module says',
      "none of the accepted kinds ('robot', 'service') has activeOrgId()",
      { orgSource: activeOrg() },
      [RequireCaller('robot', 'service'), RequireOrgMember()],
    ],
    [
      'one of alternatives',
      "none of the accepted kinds ('service') has activeOrgId()",
      {},
      [
        RequireCaller('service'),
        RequireAnyOf(RequireOrgMember({ org: activeOrg() }), RequireScope('a')),
      ],
    ],
  ])(
    'without activeOrgId, where organization rules look for %s',
    async (_what, message, options, decorators) => {
      expect(await startErrorUnder(options, decorators)).toContain(message);
    },
  );

  it.each<[string, MethodDecorator[]]>([
    ['users', [RequireCaller('user', 'service'), RequireOrgMember({ org: activeOrg() })]],
    [
      'a kind with activeOrgId',
      [RequireCaller('service', 'tenant'), RequireOrgMember({ org: activeOrg() })],
    ],
    ['nobody, by mistake', [Public(), RequireOrgMember({ org: activeOrg() })]],
    ['it alone', [RequireCaller('service'), RequireOrgMember({ org: orgFromHeader('x-org') })]],
    [
      'it alone, and the application reads its credential',
      [RequireCaller('service'), RequireOrgMember({ org: byToken })],
    ],
  ])('not one without activeOrgId, on a handler for %s', async (_whom, decorators) => {
    expect(await startErrorUnder({}, decorators)).not.toContain('activeOrgId');
  });

  it('whose credential is in a header, on a message handler', async () => {
    class MessagesController {
      @MessagePattern('sum')
      @RequireCaller('service')
      sum() {}
    }
    Controller()(MessagesController);
    expect(await startErrorOf(MessagesController)).toContain(
      "MessagesController.sum (message): The handler accepts callers of the kind 'service', whose credential is the header " +
        'x-service-token, which messages do not have.',
    );
  });

  it('that a handler names and the application does not have, also under warn', async () => {
    const starting = startGuarded({ controllers: [Services] }, { startupAudit: 'warn' });
    expect(await messageOf(starting)).toContain(
      "accepts callers of the kind 'service', which the application does not have. Add the class of the kind to callerKinds",
    );
  });

  it.each<[string, MethodDecorator]>([
    ['accepts everyone who says nothing', OptionalUser()],
    ['is public', Public()],
  ])('that only a rule names, of a handler that %s, also under warn', async (_what, word) => {
    @Controller()
    class Scoped {
      @Get()
      @applyDecorators(word, RequireScope('read', { of: 'service' }))
      list() {}
    }
    const starting = startGuarded({ controllers: [Scoped] }, { startupAudit: 'warn' });
    expect(await messageOf(starting)).toContain(
      "accepts callers of the kind 'service', which the application does not have",
    );
  });

  it('that has no scopes, where a rule about them names it beside another, also under warn', async () => {
    @Controller()
    class Scoped {
      @Get()
      @OptionalUser()
      @RequireScope('read', { of: 'share-link' })
      list() {}
    }
    const starting = startGuarded(
      { controllers: [Scoped], providers: [ShareLinks] },
      { startupAudit: 'warn', callerKinds: [ShareLinks] },
    );
    expect(await messageOf(starting)).toContain(
      "about the scope of its callers, but callers of the kind 'share-link' have none",
    );
  });

  it('whose credential has the place of another that the handler accepts', async () => {
    @Controller()
    class Ambiguous {
      @Get()
      @RequireCaller('pat', 'api-key')
      list() {}
    }
    const starting = startGuarded(
      { controllers: [Ambiguous], providers: [PersonalTokens] },
      { callerKinds: [PersonalTokens] },
    );
    expect(await messageOf(starting)).toContain(
      "the kinds 'api-key' and 'pat', whose credentials are both in one place: opaque text after Bearer",
    );
  });

  it.each<[string, MethodDecorator[], string]>([
    [
      'a grant',
      [RequireCaller('service'), RequireStepUpMfa('PAY')],
      "@RequireCaller('service') contradicts @RequireStepUpMfa('PAY'), which requires a caller of the kind 'user'",
    ],
    [
      'a grant, where a rule about scopes names the kind',
      [RequireScope('read', { of: 'service' }), RequireStepUpMfa('PAY')],
      "@RequireScope() contradicts @RequireStepUpMfa('PAY'), which requires a caller of the kind 'user'",
    ],
    [
      'a grant, where a rule about metadata names the kind',
      [RequireMetadata({ a: 1 }, { of: 'service' }), RequireStepUpMfa('PAY')],
      "@RequireMetadata() contradicts @RequireStepUpMfa('PAY'), which requires a caller of the kind 'user'",
    ],
    [
      'metadata of another kind',
      [RequireUser(), RequireMetadata({ a: 1 }, { of: 'service' })],
      "@RequireUser() contradicts @RequireMetadata(), which requires a caller of the kind 'service'",
    ],
    [
      'scopes of another kind',
      [RequireUser(), RequireScope('read', { of: 'service' })],
      "@RequireUser() contradicts @RequireScope(), which requires a caller of the kind 'service'",
    ],
  ])('that a rule can never be checked on: %s', async (_what, rules, message) => {
    @Controller()
    class Contradiction {
      @Get()
      @applyDecorators(...rules)
      pay() {}
    }
    const starting = startGuarded(
      { controllers: [Contradiction], providers: [ServiceTokens] },
      { callerKinds: [ServiceTokens] },
    );
    expect(await messageOf(starting)).toContain(message);
  });

  it('that needs no scope, under a rule about the scopes of all', async () => {
    @Controller()
    class Scoped {
      @Get()
      @RequireCaller('user', 'pat')
      @RequireScope('reports:read')
      list() {}
    }
    const starting = startGuarded(
      { controllers: [Scoped], providers: [PersonalTokens] },
      { callerKinds: [PersonalTokens] },
    );
    expect(await messageOf(starting)).toContain('its option of names the kind that needs them');
  });
});

describe('A kind of callers that another one shares a place with', () => {
  it('is used alone on its own handlers, and does not change those of others', async () => {
    const { url } = await startGuarded(
      { controllers: [Routes], providers: [ServiceTokens, PersonalTokens, ShareLinks] },
      { callerKinds: [ServiceTokens, PersonalTokens, ShareLinks] },
    );
    await request(url).get('/open').set({ authorization: 'Bearer pat-alice' }).expect(200);
    await request(url, alice).get('/tokens').expect(200, { kind: 'user' });
  });
});
