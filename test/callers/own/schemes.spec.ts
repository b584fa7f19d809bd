import { createSecretKey } from 'node:crypto';
import { Controller, Get } from '@nestjs/common';
import { SignJWT } from 'jose';
import {
  activeOrg,
  CurrentOrg,
  jwtKind,
  RequireCaller,
  RequireOrgMember,
  RequireUserOrApiKey,
  type CallerKind,
  type CredentialPlace,
} from 'nestjs-propelauth';
import { beforeTests } from '../../support/application.js';
import { issuer, request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, GLOBEX_ID } from '../../support/project.js';
import { kindRoute } from './kinds.js';

const SECRET = createSecretKey(Buffer.alloc(32, 'secret'));

/** Accepts every text, and says which. */
class Texts implements CallerKind<{ text: string }> {
  readonly credential: readonly CredentialPlace[];

  constructor(
    readonly name: string,
    ...credential: CredentialPlace[]
  ) {
    this.credential = credential;
  }

  identify(text: string) {
    return { text };
  }

  key(): undefined {}
}

/** Tokens with one purpose each, all signed with one secret. */
const purpose = (type: string, organization: string) =>
  jwtKind({
    name: type,
    claims: { iss: null, type },
    key: SECRET,
    algorithms: ['HS256'],
    identity: ({ type: text }) => ({ text }),
    memberships: () => [{ orgId: ACME_ID, role: 'Member' }],
    activeOrgId: () => organization,
  });

@Controller()
class Routes {
  @Get('any')
  @RequireCaller('any')
  any() {
    return { kind: 'any' };
  }

  @Get('org')
  @RequireCaller('collab', 'file')
  @RequireOrgMember({ org: activeOrg() })
  org(@CurrentOrg('orgId') orgId: string) {
    return { kind: orgId };
  }
}

const ALL = ['user', 'pat', 'environment', 'link', 'collab', 'file', 'signed'] as const;
const controllers = [
  Routes,
  kindRoute('all', RequireCaller(...ALL)),
  kindRoute('pat', RequireCaller('pat')),
  kindRoute('environment', RequireCaller('environment')),
  kindRoute('file', RequireCaller('file')),
  kindRoute('own', RequireUserOrApiKey()),
];

const kinds = [
  new Texts('pat', { scheme: 'Bearer', prefix: 'pat.' }),
  new Texts('environment', { scheme: 'ApiKey' }),
  new Texts('signed', { scheme: 'JWT', claims: { iss: 'https://a.example' } }),
  new Texts('link', { header: 'x-link' }),
  Object.assign(new Texts('any', { scheme: 'Bearer' }), {
    key() {
      throw new Error('No call here needs a key');
    },
  }),
  purpose('collab', ACME_ID),
  purpose('file', GLOBEX_ID),
];

const application = beforeTests(() =>
  startGuarded({ controllers }, { callerKinds: kinds, debugMode: true }),
);

const now = () => Math.floor(Date.now() / 1000);

const signed = (claims: object) =>
  new SignJWT({ iat: now(), exp: now() + 60, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(SECRET);

/** Who the caller of a request is, or the status with the schemes of the challenge. */
async function whoIs(path: string, headers: Record<string, string>): Promise<string> {
  const response = await request(application.url).get(path).set(headers);
  const { kind, text } = response.body as { kind?: string; text?: string };
  const challenges = String(response.headers['www-authenticate']).split(', ');
  if (kind !== undefined) return [kind, text].join(' ').trim();
  return `${response.status} ${challenges.map((one) => one.split(' ')[0]).join(', ')}`;
}

describe('Text after a scheme', () => {
  it('lets its caller in without asking for a key that the call does not need', async () => {
    expect(await whoIs('/any', { authorization: 'Bearer 1' })).toBe('any');
  });

  it.each<[string, string, string, string]>([
    ['a prefix', '/all', 'Bearer pat.1', 'pat pat.1'],
    ['a prefix, and dots', '/all', 'Bearer pat.1.2.3.4', 'pat pat.1.2.3.4'],
    ['a prefix, and the dots of a token', '/all', 'Bearer pat.1.2', 'pat pat.1.2'],
    ['another prefix', '/pat', 'Bearer pat-1', '401 Bearer'],
    ['the prefix in capitals', '/pat', 'Bearer PAT.1', '401 Bearer'],
    ['the prefix alone', '/pat', 'Bearer pat.', 'pat pat.'],
    ['another scheme', '/environment', 'ApiKey 1.2.3', 'environment 1.2.3'],
    ['the scheme in another case', '/all', 'aPIkEY 1', 'environment 1'],
    ['the scheme of another kind', '/environment', 'Bearer 1', '401 ApiKey'],
    ['a longer scheme', '/environment', 'ApiKeys 1', '401 ApiKey'],
    ['the scheme alone', '/environment', 'ApiKey', '401 ApiKey'],
    ['two spaces', '/environment', 'ApiKey  1', '401 ApiKey'],
    ['a tab', '/environment', 'ApiKey\t1', '401 ApiKey'],
    ['no scheme', '/environment', '1', '401 ApiKey'],
    ['any text, with the dots of a token', '/any', 'Bearer 1.2.3', 'any'],
  ])('is a credential or not: %s', async (_what, path, authorization, who) => {
    expect(await whoIs(path, { authorization })).toBe(who);
  });

  it('is ambiguous beside any other credential', async () => {
    for (const authorization of ['ApiKey 1', 'Bearer pat.1']) {
      expect(await whoIs('/all', { authorization, 'x-link': '1' })).toMatch(/^401 /);
    }
    expect(await whoIs('/all', { 'x-link': '1' })).toBe('link 1');
  });

  it('is no JSON Web Token, whoever takes any text', async () => {
    const token = await issuer.accessToken(alice);
    expect(await whoIs('/any', { authorization: `Bearer ${token}` })).toBe('401 Bearer');
    expect(await whoIs('/environment', { authorization: `ApiKey ${token}` })).toBe('401 ApiKey');
  });

  it('is not looked at where tokens of PropelAuth alone are accepted', async () => {
    const token = await issuer.accessToken(alice);
    expect(await whoIs('/own', { authorization: 'ApiKey 1' })).toMatch(/^401 /);
    expect(await whoIs('/own', { authorization: `Bearer ${token}` })).toBe('user');
  });

  it('names the schemes that a route accepts', async () => {
    const { body } = await request(application.url)
      .get('/environment')
      .set({ authorization: 'Basic 1' });
    expect(body).toMatchObject({
      message: expect.stringContaining('does not begin with "ApiKey "'),
    });
  });
});

describe('A JSON Web Token goes to the kind of its claims:', () => {
  it.each<[string, () => Promise<string>, string, string]>([
    ['one purpose', () => signed({ type: 'collab' }), '/all', 'collab collab'],
    ['another purpose', () => signed({ type: 'file' }), '/all', 'file file'],
    ['one purpose at the door of another', () => signed({ type: 'collab' }), '/file', '401 Bearer'],
    ['no purpose', () => signed({}), '/all', '401 Bearer'],
    ['a purpose that is a list', () => signed({ type: ['file'] }), '/file', '401 Bearer'],
    ['a purpose, and an issuer', () => signed({ type: 'file', iss: 'a' }), '/file', '401 Bearer'],
    ['an issuer that is null', () => signed({ type: 'file', iss: null }), '/file', '401 Bearer'],
    [
      'PropelAuth, with the claims of another kind',
      () => issuer.accessToken(alice, { claims: { type: 'file' } }),
      '/all',
      'user',
    ],
    // How tokens are verified is in lib/callers/own/jwt-kind.spec.ts.
    ['an expired one', () => signed({ type: 'file', exp: now() - 61 }), '/file', '401 Bearer'],
  ])('%s', async (_what, token, path, who) => {
    expect(await whoIs(path, { authorization: `Bearer ${await token()}` })).toBe(who);
  });

  it('after another scheme', async () => {
    const [ofA, ofB] = [await signed({ iss: 'https://a.example' }), await signed({ iss: 'b' })];
    expect(await whoIs('/all', { authorization: `JWT ${ofA}` })).toBe(`signed ${ofA}`);
    expect(await whoIs('/all', { authorization: `JWT ${ofB}` })).toMatch(/^401 /);
    expect(await whoIs('/all', { authorization: `Bearer ${ofA}` })).toMatch(/^401 /);
  });
});

it('activeOrg() is the organization that a kind says, if it is one of the memberships', async () => {
  const [collab, file] = [await signed({ type: 'collab' }), await signed({ type: 'file' })];
  expect(await whoIs('/org', { authorization: `Bearer ${collab}` })).toBe(ACME_ID);
  expect(await whoIs('/org', { authorization: `Bearer ${file}` })).toMatch(/^403 /);
});
