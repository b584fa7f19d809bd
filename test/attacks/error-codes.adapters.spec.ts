import { Controller, Get, Post } from '@nestjs/common';
import {
  DenyImpersonation,
  orgFromHeader,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
  type OrgSource,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { beforeTests, startApplication } from '../support/application.js';
import { Backend } from '../support/backend.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import {
  ACME_ID,
  alice,
  API_KEY,
  AUTH_URL,
  bob,
  carol,
  dave,
  GLOBEX_ID,
  headersOf,
  ROLES,
  type KnownUser,
} from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { hmacSignature, rawToken, validClaims } from '../support/raw-token.js';

/** The organization of the invoice that a path names: one of Globex, and none of an invoice that is not there. */
const orgOfInvoice: OrgSource = (context) => {
  const { url } = context.switchToHttp().getRequest<{ url: string }>();
  return url.endsWith('/of-globex') ? { orgId: GLOBEX_ID } : undefined;
};

@Controller()
class Routes {
  @Get('user')
  @RequireUser()
  user() {}

  @Get('orgs/:orgId')
  @RequireOrgMember()
  member() {}

  @Get('orgs/:orgId/admin')
  @RequireOrgRole('Admin')
  admin() {}

  @Get('orgs/:orgId/billing')
  @RequirePermission('can_fly')
  billing() {}

  @Get('header')
  @RequireOrgMember({ org: orgFromHeader('x-org-id') })
  header() {}

  @Get('invoices/:id')
  @RequireOrgMember({ org: orgOfInvoice })
  invoice() {}

  @Post('orgs/:orgId/pay')
  @RequireOrgMember()
  @RequireStepUpMfa('PAY')
  @DenyImpersonation()
  pay() {}

  @Get('keys')
  @RequireApiKey({ kind: 'org' })
  keys() {}

  @Get('either/:orgId')
  @RequireUserOrApiKey()
  @RequireOrgMember()
  either() {}
}

const FORGER = await TestIssuer.create({ roles: ROLES });
const NOWHERE_ID = '00000000-0000-4000-8000-000000000000';
const past = { iat: 1_000_000_000, exp: 1_000_001_800 };
const backend = await Backend.start();

/** What a client can tell a response by. */
interface Seen {
  readonly status: number;
  readonly body: unknown;
  readonly challenge: string | undefined;
  readonly others: readonly string[];
}

type Call = [path: string, headers: Record<string, string>, method?: 'get' | 'post'];

async function see(url: string, [path, headers, method = 'get']: Call): Promise<Seen> {
  const { status, body, headers: received } = await supertest(url)[method](path).set(headers);
  const { 'www-authenticate': challenge } = received;
  return { status, body: body as unknown, challenge, others: Object.keys(received).toSorted() };
}

const NAMES = { 401: 'Unauthorized', 403: 'Forbidden', 503: 'Service Unavailable' };

/** Expects exactly this body for all calls, and the same headers. */
async function expectSame(
  url: string,
  statusCode: keyof typeof NAMES,
  code: string,
  calls: Call[],
) {
  const seen = await Promise.all(calls.map((call) => see(url, call)));
  expect(seen).toEqual(calls.map(() => seen[0]));
  expect(seen[0]).toMatchObject({ status: statusCode });
  expect(seen[0]?.body).toEqual({ message: NAMES[statusCode], statusCode, code });
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const as = (user: KnownUser, claims?: Record<string, unknown>) => headersOf(issuer, user, claims);
const forged = (user: KnownUser, claims?: Record<string, unknown>) =>
  headersOf(FORGER, user, claims);
const withGrant = (grant: string) => ({ 'x-step-up-grant': grant });
const withKey = (apiKey: string) => ({ 'X-API-Key': apiKey });
const unsigned = (alg: string, claims: object, signature?: (input: string) => Buffer) =>
  bearer(rawToken({ header: { alg }, payload: validClaims({ ...claims }), signature }));

/** Alice's payment, with a grant. */
const payWith = async (grant?: string): Promise<Call> => [
  `/orgs/${ACME_ID}/pay`,
  { ...(await as(alice)), ...(grant === undefined ? {} : withGrant(grant)) },
  'post',
];

/** A real, expired token with other claims under its signature. */
async function altered(claims: object): Promise<string> {
  const [header, , signature] = (await issuer.accessToken(alice, { claims: past })).split('.');
  const payload = Buffer.from(JSON.stringify(validClaims({ ...claims }))).toString('base64url');
  return `${header}.${payload}.${signature}`;
}

describe('The code of a rejection does not tell', () => {
  const application = beforeTests(() => startGuarded({ controllers: [Routes] }));

  beforeEach(() => {
    backend.reset();
    const user = { user_id: alice.userId, email: alice.email };
    backend.apiKeys.set('a-personal-key', { status: 200, body: { user, metadata: {} } });
    backend.apiKeys.set('a-key-of-nobody', { status: 200, body: { metadata: {} } });
    backend.grants.set('of-bob', { userId: bob.userId, actionType: 'PAY' });
    backend.grants.set('for-export', { userId: alice.userId, actionType: 'EXPORT' });
    backend.grants.set('of-dave', { userId: dave.userId, actionType: 'PAY' });
  });

  describe('what is wrong with a token', () => {
    it.each<[string, () => Promise<Record<string, string>> | Record<string, string>]>([
      ['whose forged expiry is over', () => forged(alice, past)],
      ['that is forged and not yet valid', () => forged(alice, { iat: 4_000_000_000 })],
      ['that is forged for another issuer', () => forged(alice, { iss: 'https://a.example' })],
      ['that is forged for nobody', () => forged(alice, { user_id: undefined })],
      ['without a signature whose expiry is over', () => unsigned('none', past)],
      [
        'signed with the public key as a secret whose expiry is over',
        () =>
          unsigned(
            'HS256',
            { user_id: alice.userId, ...past },
            hmacSignature(issuer.moduleOptions.manualTokenVerificationMetadata.verifierKey),
          ),
      ],
      [
        'with another expiry under the signature of an expired one',
        async () => bearer(await altered({ ...past, exp: past.exp + 1 })),
      ],
      ['revived under the signature of an expired one', async () => bearer(await altered({}))],
      [
        'that is expired and cut off',
        async () => bearer((await issuer.accessToken(alice, { claims: past })).slice(0, -10)),
      ],
      ['that is no token', () => bearer('not.a.token')],
      ['of another issuer, with a valid signature', () => as(alice, { iss: 'https://a.example' })],
      ['from the future, with a valid signature', () => as(alice, { iat: 4_000_000_000 })],
      ['of nobody, with a valid signature', () => as(alice, { user_id: undefined })],
    ])('%s, apart from one that is forged', async (_which, headers) => {
      await expectSame(application.url, 401, 'token_invalid', [
        ['/user', await forged(alice)],
        ['/user', await headers()],
        [`/orgs/${ACME_ID}/admin`, await headers()],
        [`/orgs/${NOWHERE_ID}/admin`, await headers()],
      ]);
    });

    it('unless its signature is valid: then it says that it has expired', async () => {
      await expectSame(application.url, 401, 'token_expired', [
        ['/user', await as(alice, past)],
        [`/orgs/${ACME_ID}/admin`, await as(dave, past)],
      ]);
    });
  });

  it('what a route requires, to callers without a token', async () => {
    await expectSame(application.url, 401, 'token_missing', [
      ['/user', {}],
      [`/orgs/${ACME_ID}`, {}],
      [`/orgs/${NOWHERE_ID}/admin`, {}],
      ['/header', {}],
      ['/invoices/of-globex', {}],
      ['/invoices/of-nobody', {}],
    ]);
  });

  describe('whether an organization exists, or what a caller lacks in it', () => {
    it.each<[string, () => Promise<Call>]>([
      ['an organization that is not there', async () => [`/orgs/${NOWHERE_ID}`, await as(alice)]],
      ['no id of an organization', async () => ['/orgs/__proto__', await as(alice)]],
      ['a stranger who needs a role', async () => [`/orgs/${ACME_ID}/admin`, await as(dave)]],
      ['a member without the role', async () => [`/orgs/${ACME_ID}/admin`, await as(carol)]],
      [
        'an owner without the permission',
        async () => [`/orgs/${ACME_ID}/billing`, await as(alice)],
      ],
      ['no organization where it is named', async () => ['/header', await as(alice)]],
      [
        'another organization where it is named',
        async () => ['/header', { ...(await as(alice)), 'x-org-id': GLOBEX_ID }],
      ],
      ["another organization's invoice", async () => ['/invoices/of-globex', await as(alice)]],
      ['an invoice that is not there', async () => ['/invoices/of-nobody', await as(alice)]],
    ])('%s, apart from an organization of others', async (_which, call) => {
      await expectSame(application.url, 403, 'org_access_denied', [
        [`/orgs/${GLOBEX_ID}`, await as(alice)],
        await call(),
      ]);
    });

    it('to callers with an API key', async () => {
      await expectSame(application.url, 403, 'org_access_denied', [
        [`/either/${ACME_ID}`, withKey('a-personal-key')],
        [`/either/${NOWHERE_ID}`, withKey('a-personal-key')],
      ]);
    });

    it('to callers without access who have a valid step-up grant, or none', async () => {
      await expectSame(application.url, 403, 'step_up_required', [
        [`/orgs/${ACME_ID}/pay`, await as(dave), 'post'],
        [`/orgs/${NOWHERE_ID}/pay`, await as(dave), 'post'],
        [`/orgs/${ACME_ID}/pay`, await as(alice), 'post'],
      ]);
      await expectSame(application.url, 403, 'org_access_denied', [
        [`/orgs/${ACME_ID}/pay`, { ...(await as(dave)), ...withGrant('of-dave') }, 'post'],
        [`/orgs/${NOWHERE_ID}/pay`, { ...(await as(dave)), ...withGrant('of-dave') }, 'post'],
      ]);
      expect(backend.bodies).toEqual([]);
    });
  });

  it('whether an API key exists', async () => {
    await expectSame(application.url, 401, 'api_key_invalid', [
      ['/keys', withKey('an-unknown-key')],
      ['/keys', withKey('a-personal-key')],
      ['/keys', withKey('a-key-of-nobody')],
      ['/keys', withKey('x'.repeat(5_000))],
      ['/keys', withKey('')],
      [`/either/${ACME_ID}`, withKey('an-unknown-key')],
      [`/either/${NOWHERE_ID}`, withKey('an-unknown-key')],
    ]);
  });

  it('whether one of two credentials is valid', async () => {
    await expectSame(application.url, 401, 'credential_invalid', [
      [`/either/${ACME_ID}`, { ...(await as(alice)), ...withKey('a-personal-key') }],
      [`/either/${ACME_ID}`, { ...(await forged(alice)), ...withKey('a-personal-key') }],
      [`/either/${ACME_ID}`, { ...(await as(alice)), ...withKey('an-unknown-key') }],
      [`/either/${ACME_ID}`, { ...(await as(alice, past)), ...withKey('an-unknown-key') }],
    ]);
    expect(backend.bodies).toEqual([]);
  });

  it('whether a step-up grant exists, or whose it is', async () => {
    await expectSame(application.url, 403, 'step_up_required', [
      await payWith(),
      await payWith('unknown'),
      await payWith('of-bob'),
      await payWith('for-export'),
      await payWith('x'.repeat(5_000)),
    ]);
  });

  it('an employee whether the user may do what the employee may not', async () => {
    const impersonated = { impersonatorUserId: 'user-of-an-employee' };
    await expectSame(application.url, 403, 'impersonation_denied', [
      [`/orgs/${ACME_ID}/pay`, await as({ ...alice, ...impersonated }), 'post'],
      [`/orgs/${NOWHERE_ID}/pay`, await as({ ...dave, ...impersonated }), 'post'],
    ]);
  });
});

describe.each([
  [{ errorCodes: false }, { code: undefined, reason: undefined }],
  [
    { errorCodes: false, debugMode: true },
    { code: undefined, reason: 'not_a_member' },
  ],
  [{ debugMode: true }, { code: 'org_access_denied', reason: 'not_a_member' }],
])('With %j, a body', (options, { code, reason }) => {
  const application = beforeTests(() => startGuarded({ controllers: [Routes] }, options));

  it('has the code and the reason only as it is set', async () => {
    const { body } = await see(application.url, [`/orgs/${GLOBEX_ID}`, await as(alice)]);
    expect(body).toMatchObject({ statusCode: 403 });
    const { code: seenCode, reason: seenReason } = body as { code?: string; reason?: string };
    expect([seenCode, seenReason]).toEqual([code, reason]);
  });

  it('has step_up_required, which front ends need', async () => {
    const call: Call = [`/orgs/${ACME_ID}/pay`, await as(alice), 'post'];
    expect((await see(application.url, call)).body).toMatchObject({ code: 'step_up_required' });
  });
});

describe('Without a verification key, the code of a rejection', () => {
  const application = beforeTests(async () => {
    (await PropelAuthServer.start()).answers({ status: 500 });
    const forRoot = PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY });
    return startApplication({ imports: [forRoot], controllers: [Routes] });
  });

  it('does not say that a token has expired whose signature nobody has verified', async () => {
    await expectSame(application.url, 503, 'unavailable', [
      ['/user', await forged(alice, past)],
      ['/user', await as(alice, past)],
      ['/user', bearer(await altered(past))],
    ]);
  });
});
