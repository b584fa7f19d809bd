import { Controller, Get, Injectable, Post } from '@nestjs/common';
import { importSPKI, jwtVerify } from 'jose';
import {
  activeOrg,
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
import {
  issuer,
  request,
  startGuarded,
  type PropelAuthOptions,
} from '../../support/guarded-application.js';
import { ACME_ID, alice, bob, carol, ROLES } from '../../support/project.js';
import { messageOf } from '../../support/start-error.js';
import { kindRoute } from './kinds.js';

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
  @Get('active')
  @RequireCaller('partner')
  @RequireOrgMember({ org: activeOrg() })
  active(@CurrentOrg('orgId') kind: string) {
    return { kind };
  }

  @Post('session')
  @RequireCaller('session', 'user')
  change() {}
}

const userOrPartner = RequireCaller('user', 'partner');
const controllers = [
  Routes,
  kindRoute('users', RequireUser()),
  kindRoute('partners', RequireCaller('partner')),
  kindRoute('all', RequireCaller('user', 'partner', 'legacy-user')),
  kindRoute('orgs/:orgId', userOrPartner, RequireOrgRole('Admin')),
  kindRoute('real', userOrPartner, DenyImpersonation()),
  kindRoute('session', RequireCaller('session', 'user')),
];

const options = () => ({ name: 'partner', ...partner.moduleOptions });

const start = (more: Partial<PropelAuthOptions> = {}) =>
  startGuarded(
    { controllers, providers: [LegacyTokens, Sessions] },
    { callerKinds: [projectUsers(options()), LegacyTokens, Sessions], ...more },
  );
const application = beforeTests(() => start());

const as = async (path: string, token: string | Promise<string>) => {
  const { status, body } = await request(application.url)
    .get(path)
    .set({ authorization: `Bearer ${await token}` });
  return status === 200 ? ((body as { kind?: string }).kind ?? 'let in') : status;
};

const ofPartner = (claims: object) => () => partner.accessToken(alice, { claims: { ...claims } });
const ofUs = (iss: unknown) => () => issuer.accessToken(alice, { claims: { iss } });

describe('The issuer of an access token', () => {
  it.each<[string, () => Promise<string>, string, string | number]>([
    ['this project: a user', () => issuer.accessToken(alice), '/all', 'user'],
    ['the other project: its user', ofPartner({}), '/all', 'partner'],
    ['the old system: its user', () => legacy.accessToken(alice), '/all', 'legacy-user'],
    ['the other project, where only users are accepted', ofPartner({}), '/users', 401],
    ['this project, where only others are', () => issuer.accessToken(alice), '/partners', 401],
    ['the old system, where it is not', () => legacy.accessToken(alice), '/partners', 401],
    ['the other project, signed by a stranger', () => stranger.accessToken(alice), '/all', 401],
    ['the other project, signed by this one', ofUs(PARTNER_URL), '/all', 401],
    [
      'this project, signed by the other',
      ofPartner({ iss: issuer.moduleOptions.authUrl }),
      '/all',
      401,
    ],
    ['the old system, signed by the other', ofPartner({ iss: LEGACY_URL }), '/all', 401],
    ['nobody', ofUs(undefined), '/all', 401],
    ['a list', ofPartner({ iss: [PARTNER_URL] }), '/all', 401],
    ['the other project with a slash', ofPartner({ iss: `${PARTNER_URL}/` }), '/all', 401],
    ['it in capitals', ofPartner({ iss: PARTNER_URL.toUpperCase() }), '/all', 401],
    ['it, and the token has expired', ofPartner({ exp: 1 }), '/all', 401],
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

describe('A token of another project is where tokenSource finds it,', () => {
  const inCookie = beforeTests(() => start({ tokenSource: tokenFromCookie('access') }));

  it.each<[string, string, string | undefined, number]>([
    ['if only those of another project are accepted', '/partners', 'partner', 200],
    ['if several are accepted', '/all', 'partner', 200],
    ['if only users are accepted', '/users', undefined, 401],
  ])('%s', async (_what, path, kind, status) => {
    const token = await partner.accessToken(alice);
    const get = (headers: Record<string, string>) => request(inCookie.url).get(path).set(headers);
    const answer = await get({ cookie: `access=${token}` }).expect(status);
    expect((answer.body as { kind?: string }).kind).toBe(kind);
    await get({ authorization: `Bearer ${token}` }).expect(401);
  });
});

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

  it('makes startup fail for the project of the application', async () => {
    const again = projectUsers({ name: 'again', ...issuer.moduleOptions });
    expect(await messageOf(startGuarded({}, { callerKinds: [again] }))).toContain(
      "that of this application's users",
    );
  });
});

const site = (value: string) => ({ 'sec-fetch-site': value });

describe('A kind whose credential is a cookie', () => {
  const cookie = 'session=session-of-alice';

  const from = (origin: string) => ({ cookie, origin });
  const app = 'https://app.example.com';

  it.each<[string, Record<string, string>, number]>([
    ['from its own page', { cookie, ...site('same-origin') }, 201],
    ['from the page of another', { cookie, ...site('cross-site') }, 403],
    ['from another subdomain', { cookie, ...site('same-site') }, 403],
    ['that does not say where from', { cookie }, 403],
    ['from a null origin', from('null'), 403],
    ['from an origin in allowedOrigins', from(app), 201],
    ['from a longer origin', from(`${app}.evil.example`), 403],
  ])('lets its caller change something or not: %s', async (_what, headers, status) => {
    await request(application.url).post('/session').set(headers).expect(status);
  });

  it.each<[string, Record<string, string>, number]>([
    ['its cookie', { cookie }, 200],
    ['another cookie', { cookie: 'session=guess' }, 401],
    ['the cookie twice with different values', { cookie: `${cookie}; session=guess` }, 401],
    ['a cookie of a longer name', { cookie: 'my-session=session-of-alice' }, 401],
    ['the value after Bearer', { authorization: 'Bearer session-of-alice' }, 401],
  ])('lets its caller read with its cookie alone: %s', async (_what, headers, status) => {
    await request(application.url).get('/session').set(headers).expect(status);
  });

  it('is ambiguous beside an access token', async () => {
    const authorization = `Bearer ${await issuer.accessToken(alice)}`;
    await request(application.url).get('/session').set({ cookie, authorization }).expect(401);
  });
});
