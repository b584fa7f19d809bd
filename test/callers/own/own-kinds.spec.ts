import { Controller, Get } from '@nestjs/common';
import {
  CurrentCaller,
  CurrentUser,
  describeAccess,
  fromCookie,
  fromHeader,
  fromInput,
  fromQuery,
  PropelAuthService,
  Public,
  RequireCaller,
  RequireMetadata,
  RequireOrgRole,
  RequireScope,
  RequireUser,
} from 'nestjs-propelauth';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { beforeTests } from '../../support/application.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, carol, GLOBEX_ID } from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';
import { kindRoute, PersonalTokens, SERVICE_TOKEN, ServiceTokens, ShareLinks } from './kinds.js';

const decisions: unknown[] = [];

/** Personal access tokens have scopes of the same names, none of which includes another. */
const scopeHierarchy = {
  'reports:read': ['reports:write'],
  'reports:write': ['reports:list'],
  'reports:list': [],
};
const services = {
  provide: ServiceTokens,
  useFactory: () => Object.assign(new ServiceTokens(), { scopeHierarchy }),
};

// Who gets in with services under which rules, and what is reported, is in test/calls/outcomes.md.
@Controller()
class CallersController {
  @Get('services')
  @RequireCaller('service')
  services(@CurrentCaller() caller: unknown) {
    return caller;
  }

  @Get('both')
  @RequireCaller('service', 'user')
  both(@CurrentCaller() caller: unknown, @CurrentUser() user: unknown) {
    return { caller, hasUser: user !== null };
  }

  @Get('tokens/list')
  @RequireCaller('service', 'pat')
  @RequireScope(['reports:list', 'reports:read'])
  list(@CurrentCaller('identity') identity: object) {
    return { scopes: Reflect.get(identity, 'scopes') as unknown };
  }
}

const userOrPat = RequireCaller('user', 'pat');
const userOrService = RequireCaller('user', 'service');
const IN_EU = { region: 'eu', labels: ['internal'] };

const tokensRoute = kindRoute('tokens', userOrPat, RequireScope('reports:read', { of: 'pat' }));
const reportsRoute = kindRoute('orgs/:orgId/reports', userOrService, RequireOrgRole('Admin'));
const controllers = [
  CallersController,
  tokensRoute,
  reportsRoute,
  kindRoute('users', RequireUser()),
  kindRoute('tokens/write', userOrPat, RequireScope('reports:write', { of: 'pat' })),
  kindRoute(
    'tokens/either',
    RequireCaller('service', 'pat'),
    RequireScope({ anyOf: ['reports:delete', 'reports:write'] }),
  ),
  kindRoute('eu', userOrService, RequireMetadata(IN_EU, { of: 'service' })),
  kindRoute(
    'us',
    userOrService,
    RequireMetadata(({ region }) => region === 'us', { of: 'service', words: 'region us' }),
  ),
  kindRoute('albums', RequireCaller('user', 'share-link')),
  routeUnder('open', Public()),
];

const application = beforeTests(() =>
  startGuarded(
    { controllers, providers: [services, PersonalTokens, ShareLinks] },
    {
      callerKinds: [ServiceTokens, PersonalTokens, ShareLinks],
      onDecision: (event) => decisions.push(event),
    },
  ),
);

const service = { 'x-service-token': SERVICE_TOKEN };
const pat = { authorization: 'Bearer pat-alice' };

const get = (path: string, headers: Record<string, string> = {}) =>
  request(application.url).get(path).set(headers);

/** A call that the guard has not seen yet. */
function callOfTokens(): ExecutionContextHost {
  const call = { headers: pat, ip: '192.0.2.1', socket: { remoteAddress: '192.0.2.1' } };
  const handler = Reflect.get(tokensRoute.prototype as object, 'show') as Function;
  return new ExecutionContextHost([call, {}], tokensRoute, handler);
}

describe('A caller of a kind of the application', () => {
  it('is let in by its credential, and known to the handler', async () => {
    const { body } = await get('/services', service).expect(200);
    expect(body).toMatchObject({
      kind: 'service',
      key: 'service:billing',
      identity: { id: 'billing' },
    });
    expect(body).not.toHaveProperty('user');
  });

  it('gets 401 and its own challenge with the credential of another kind', async () => {
    const response = await get('/services', pat).expect(401);
    expect(response.headers['www-authenticate']).toBe('ServiceToken realm="api"');
    expect(decisions.at(-1)).toMatchObject({ allowed: false, reason: 'credential_missing' });
  });

  it('is asked about once for all handlers and guards of a request', async () => {
    const kind = application.app.get(ServiceTokens);
    const before = kind.asked.length;
    await get('/services', service).expect(200);
    expect(kind.asked.slice(before)).toEqual([SERVICE_TOKEN]);
  });

  it('is identified with what came with the credential, and so are its memberships', async () => {
    const kind = application.app.get(ServiceTokens);
    const before = kind.calls.length;
    const headers = { ...service, 'x-id': '7', cookie: 'a=b' };
    await get(`/orgs/${ACME_ID}/reports?page=2`, headers).expect(200);
    const calls = kind.calls.slice(before);
    expect(calls).toHaveLength(2);
    for (const call of calls) {
      expect(call).toMatchObject({
        transport: 'http',
        address: expect.stringContaining('127.0.0.1'),
      });
      expect(call.headers).toMatchObject({ 'x-id': '7' });
      expect(call.context?.getClass()).toBe(reportsRoute);
      const sources = [fromInput('orgId'), fromQuery('page'), fromHeader('X-Id'), fromCookie('a')];
      expect(sources.map((source) => call.read(source))).toEqual([ACME_ID, '2', '7', 'b']);
    }
  });

  it('stands in the table by the name of the kind, and nothing is public that is not', () => {
    const table = describeAccess(application.app).map(({ name, summary }) => [name, summary]);
    expect(Object.fromEntries(table)).toEqual({
      'GET /albums': 'user or share link',
      'GET /both': 'user or service',
      'GET /eu': 'user or service with metadata {"region":"eu","labels":["internal"]}',
      'GET /us': 'user or service with region us',
      'GET /open': 'public',
      'GET /orgs/:orgId/reports': 'user or service: Admin and above of the org in path orgId',
      'GET /services': 'service',
      'GET /tokens': 'user or pat with scope reports:read',
      'GET /tokens/either': 'pat or service, with scope (reports:delete or reports:write)',
      'GET /tokens/list': 'pat or service, with scope reports:list and reports:read',
      'GET /tokens/write': 'user or pat with scope reports:write',
      'GET /users': 'user',
    });
  });

  it('is named in descriptions beside the scopes and metadata that only it needs', () => {
    const described = describeAccess(application.app).map(({ name, callers, rules }) => [
      name,
      { callers, rules },
    ]);
    expect(Object.fromEntries(described)).toMatchObject({
      'GET /tokens': {
        callers: { user: 'any', pat: 'any' },
        rules: { scope: { pat: ['reports:read'] } },
      },
      'GET /tokens/either': {
        rules: { scope: { '*': [{ anyOf: ['reports:delete', 'reports:write'] }] } },
      },
      'GET /us': {
        callers: { user: 'any', service: 'any' },
        rules: { metadata: { service: ['region us'] } },
      },
    });
  });

  it('has a key for counters, before and after the guard', async () => {
    const propelAuth = application.app.get(PropelAuthService);
    const context = callOfTokens();
    expect(await propelAuth.callerKey(context)).toBe('ip:192.0.2.1');
    expect(await propelAuth.identify(context)).toMatchObject({ kind: 'pat' });
  });

  it('is identified by nobody once its credential has expired', async () => {
    const propelAuth = application.app.get(PropelAuthService);
    const kind = application.app.get(PersonalTokens);
    const { expiry } = kind;
    kind.expiry = new Date(Date.now() - 1);
    expect(await propelAuth.identify(callOfTokens())).toBeNull();
    kind.expiry = expiry;
    expect(await propelAuth.identify(callOfTokens())).not.toBeNull();
  });
});

describe('A rule about callers of a kind of the application', () => {
  it.each([
    ['another organization', `/orgs/${GLOBEX_ID}/reports`, service, 403],
    ['a scope that the credential has', '/tokens', pat, 200],
    ['a scope that it does not have', '/tokens/write', pat, 403],
    ['scopes that a scope of the credential includes', '/tokens/list', service, 200],
    ['one that a scope includes of alternatives', '/tokens/either', service, 200],
    ['scopes that only a scope of another kind includes', '/tokens/list', pat, 403],
    ['alternatives of which only one of another kind is included', '/tokens/either', pat, 403],
    ['no rule, on a public handler', '/open', pat, 200],
  ])('is checked: %s', async (_what, path, headers, status) => {
    expect(await get(path, headers)).toMatchObject({ status });
  });

  it('about scopes leaves the caller as it was identified', async () => {
    const { body } = await get('/tokens/list', service).expect(200);
    expect(body).toEqual({ scopes: ['reports:read'] });
  });

  it.each(['/tokens', '/tokens/write', '/us'])(
    'of one kind does not concern users: %s',
    async (path) => {
      const { body } = await request(application.url, carol).get(path);
      expect(body).toEqual({ kind: 'user' });
    },
  );

  it('is checked on each call: a credential that has expired gets 401', async () => {
    const kind = application.app.get(PersonalTokens);
    const { expiry } = kind;
    kind.expiry = new Date(Date.now() - 1);
    expect(await get('/tokens', pat)).toMatchObject({ status: 401 });
    kind.expiry = expiry;
    expect(await get('/tokens', pat)).toMatchObject({ status: 200 });
  });
});
