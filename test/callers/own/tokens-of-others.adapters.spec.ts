import { Controller, Get, Injectable, Post } from '@nestjs/common';
import { importSPKI, jwtVerify } from 'jose';
import {
  activeOrg,
  CurrentCaller,
  CurrentOrg,
  DenyImpersonation,
  projectUsers,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  tokenFromCookie,
  type CallerKind,
  type CredentialPlace,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { beforeTests } from '../../support/application.js';
import { issuer, request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, bob, carol, ROLES } from '../../support/project.js';
import { messageOf } from '../../support/start-error.js';

const PARTNER_URL = 'https://auth.partner.example';
const LEGACY_URL = 'https://old.example.com';

const partner = await TestIssuer.create({ roles: ROLES, authUrl: PARTNER_URL });
const legacy = await TestIssuer.create({ authUrl: LEGACY_URL });
const stranger = await TestIssuer.create({ authUrl: PARTNER_URL });

/** The tokens of the system before PropelAuth, while its users move. */
@Injectable()
class LegacyTokens implements CallerKind<{ id: string }> {
  readonly name = 'legacy-user';
  readonly credential: readonly CredentialPlace[] = [
    { scheme: 'Bearer', claims: { iss: LEGACY_URL } },
  ];

  async identify(token: string) {
    const key = await importSPKI(legacy.verifierKey, 'RS256');
    try {
      const { payload } = await jwtVerify(token, key, { issuer: LEGACY_URL });
      return { id: String(payload.sub) };
    } catch {
      return undefined;
    }
  }

  key({ id }: { id: string }) {
    return id;
  }
}

/** Sessions in a cookie. */
@Injectable()
class Sessions implements CallerKind<{ id: string }> {
  readonly name = 'session';
  readonly credential = [{ cookie: 'session', allowedOrigins: ['https://app.example.com'] }];

  identify(text: string) {
    return text === 'session-of-alice' ? { id: 'alice' } : undefined;
  }

  key({ id }: { id: string }) {
    return id;
  }
}

@Controller()
class Routes {
  @Get('users')
  @RequireUser()
  users() {
    return {};
  }

  @Get('partners')
  @RequireCaller('partner')
  partners(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('all')
  @RequireCaller('user', 'partner', 'legacy-user')
  all(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('orgs/:orgId')
  @RequireCaller('user', 'partner')
  @RequireOrgRole('Admin')
  orgs(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('active')
  @RequireCaller('partner')
  @RequireOrgMember({ org: activeOrg() })
  active(@CurrentOrg('orgId') kind: string) {
    return { kind };
  }

  @Get('real')
  @RequireCaller('user', 'partner')
  @DenyImpersonation()
  real(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('session')
  @RequireCaller('session', 'user')
  session(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Post('session')
  @RequireCaller('session', 'user')
  change(@CurrentCaller('kind') kind: string) {
    return { kind };
  }
}

const options = (name = 'partner') => ({
  name,
  ...partner.moduleOptions,
});

const application = beforeTests(() =>
  startGuarded(
    { controllers: [Routes], providers: [LegacyTokens, Sessions] },
    { callerKinds: [projectUsers(options()), LegacyTokens, Sessions] },
  ),
);

const as = async (path: string, token: string | Promise<string>) => {
  const { status, body } = await request(application.url)
    .get(path)
    .set({ authorization: `Bearer ${await token}` });
  return status === 200 ? ((body as { kind?: string }).kind ?? 'let in') : status;
};

describe('The issuer of an access token', () => {
  it.each<[string, () => Promise<string>, string, string | number]>([
    ['this project: a user', () => issuer.accessToken(alice), '/all', 'user'],
    ['the other project: its user', () => partner.accessToken(alice), '/all', 'partner'],
    ['the old system: its user', () => legacy.accessToken(alice), '/all', 'legacy-user'],
    [
      'the other project, where only users are accepted',
      () => partner.accessToken(alice),
      '/users',
      401,
    ],
    [
      'this project, where only those of the other are',
      () => issuer.accessToken(alice),
      '/partners',
      401,
    ],
    [
      'the old system, where only those of the other are',
      () => legacy.accessToken(alice),
      '/partners',
      401,
    ],
    ['the other project, signed by a stranger', () => stranger.accessToken(alice), '/all', 401],
    [
      'the other project, signed by this one',
      () => issuer.accessToken(alice, { claims: { iss: PARTNER_URL } }),
      '/all',
      401,
    ],
    [
      'this project, signed by the other',
      () => partner.accessToken(alice, { claims: { iss: issuer.moduleOptions.authUrl } }),
      '/all',
      401,
    ],
    [
      'the old system, signed by the other project',
      () => partner.accessToken(alice, { claims: { iss: LEGACY_URL } }),
      '/all',
      401,
    ],
    ['nobody', () => issuer.accessToken(alice, { claims: { iss: undefined } }), '/all', 401],
    ['a list', () => partner.accessToken(alice, { claims: { iss: [PARTNER_URL] } }), '/all', 401],
    [
      'the other project with a slash',
      () => partner.accessToken(alice, { claims: { iss: `${PARTNER_URL}/` } }),
      '/all',
      401,
    ],
    [
      'the other project in capitals',
      () => partner.accessToken(alice, { claims: { iss: PARTNER_URL.toUpperCase() } }),
      '/all',
      401,
    ],
    [
      'the other project, and it has expired',
      () => partner.accessToken(alice, { claims: { exp: 1 } }),
      '/all',
      401,
    ],
  ])('decides: %s', async (_what, token, path, outcome) => {
    expect(await as(path, token())).toBe(outcome);
  });

  it.each([
    ['no JSON', 'a.b.c'],
    ['no token', 'abc'],
    ['a claim set that is a list', `a.${Buffer.from('[]').toString('base64url')}.c`],
    ['four parts', 'a.b.c.d'],
  ])('cannot be %s', async (_what, token) => {
    expect(await as('/all', token)).toBe(401);
    expect(await as('/partners', token)).toBe(401);
  });

  it('counts in one token only: an unsigned one of the other project gets 401', async () => {
    const [, claims] = (await partner.accessToken(alice)).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await as('/partners', `${header}.${claims}.`)).toBe(401);
  });
});

it.each<[string, string, string | number]>([
  ['only those of another project are accepted', '/partners', 'partner'],
  ['several are accepted', '/all', 'partner'],
  ['only users are accepted', '/users', 401],
])(
  'A token of another project is where tokenSource finds it, if %s',
  async (_what, path, outcome) => {
    const { url } = await startGuarded(
      { controllers: [Routes], providers: [LegacyTokens, Sessions] },
      {
        callerKinds: [projectUsers(options()), LegacyTokens, Sessions],
        tokenSource: tokenFromCookie('access'),
      },
    );
    const token = await partner.accessToken(alice);
    const answer = await request(url)
      .get(path)
      .set({ cookie: `access=${token}` });
    const { kind } = answer.body as { kind?: string };
    expect(kind ?? answer.status).toBe(outcome);
    await request(url)
      .get(path)
      .set({ authorization: `Bearer ${token}` })
      .expect(401);
  },
);

describe('A user of another project', () => {
  it('is in the organizations of that project', async () => {
    expect(await as(`/orgs/${ACME_ID}`, partner.accessToken(bob))).toBe('partner');
    expect(await as(`/orgs/${ACME_ID}`, partner.accessToken(carol))).toBe(403);
  });

  it('has the organization that the token is scoped to', async () => {
    expect(await as('/active', partner.accessToken({ ...bob, activeOrgId: ACME_ID }))).toBe(
      ACME_ID,
    );
    expect(await as('/active', partner.accessToken(bob))).toBe(403);
  });

  it('may not be impersonated where it is denied', async () => {
    const claims = { impersonator_user_id: 'employee-1' };
    expect(await as('/real', partner.accessToken(alice))).toBe('partner');
    expect(await as('/real', partner.accessToken(alice, { claims }))).toBe(403);
  });

  it.each<[string, () => unknown, string]>([
    [
      'a wrong option',
      () => projectUsers({ ...options(), authUrl: 'partner' }),
      "projectUsers({ name: 'partner' }): authUrl",
    ],
    [
      'a name of PropelAuth',
      () => projectUsers(options('user')),
      "the name 'user' of another kind",
    ],
    [
      'the project of the application',
      () => projectUsers({ name: 'again', ...issuer.moduleOptions }),
      "that of this application's users",
    ],
  ])('makes startup fail for %s', async (_what, make, message) => {
    const starting = (async () => startGuarded({}, { callerKinds: [make() as never] }))();
    expect(await messageOf(starting)).toContain(message);
  });
});

const site = (value: string) => ({ 'sec-fetch-site': value });

describe('A kind whose credential is a cookie', () => {
  const cookie = 'session=session-of-alice';
  const own = 'same-origin';

  it.each<[string, 'get' | 'post', Record<string, string>, number]>([
    ['lets its caller read', 'get', { cookie }, 200],
    ['lets its caller change something from its own page', 'post', { cookie, ...site(own) }, 201],
    ['rejects a change from the page of another', 'post', { cookie, ...site('cross-site') }, 403],
    ['rejects a change from another subdomain', 'post', { cookie, ...site('same-site') }, 403],
    ['rejects a change that does not say where from', 'post', { cookie }, 403],
    ['rejects a change from a null origin', 'post', { cookie, origin: 'null' }, 403],
    [
      'accepts one from an origin in allowedOrigins',
      'post',
      { cookie, origin: 'https://app.example.com' },
      201,
    ],
    [
      'rejects one from a longer origin',
      'post',
      { cookie, origin: 'https://app.example.com.evil.example' },
      403,
    ],
    ['rejects another cookie', 'get', { cookie: 'session=guess' }, 401],
    [
      'rejects the cookie twice with different values',
      'get',
      { cookie: `${cookie}; session=guess` },
      401,
    ],
    ['rejects a cookie of a longer name', 'get', { cookie: 'my-session=session-of-alice' }, 401],
    ['rejects the value after Bearer', 'get', { authorization: 'Bearer session-of-alice' }, 401],
  ])('%s', async (_what, method, headers, status) => {
    await request(application.url)[method]('/session').set(headers).expect(status);
  });

  it('is ambiguous beside an access token', async () => {
    const authorization = `Bearer ${await issuer.accessToken(alice)}`;
    await request(application.url).get('/session').set({ cookie, authorization }).expect(401);
  });
});
