import { createSecretKey, type KeyObject } from 'node:crypto';
import { Controller, Get, Injectable } from '@nestjs/common';
import { CompactSign, SignJWT, UnsecuredJWT } from 'jose';
import {
  activeOrg,
  CurrentCaller,
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
import { generateRsaKeyPair } from '../../support/keys.js';
import { ACME_ID, alice, GLOBEX_ID } from '../../support/project.js';
import { messageOf } from '../../support/start-error.js';

const SECRET = createSecretKey(Buffer.alloc(32, 'secret'));
const rsa = generateRsaKeyPair();

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
const purpose = (type: string, organization?: string, audience?: string) =>
  jwtKind({
    name: type,
    claims: { iss: null, type },
    key: SECRET,
    algorithms: ['HS256'],
    identity: ({ type: text }) => ({ text }),
    ...(audience !== undefined && { audience }),
    ...(organization !== undefined && {
      memberships: () => [{ orgId: ACME_ID, role: 'Member' }],
      activeOrgId: () => organization,
    }),
  });

@Injectable()
@Controller()
class Routes {
  @Get('all')
  @RequireCaller('user', 'pat', 'environment', 'link', 'collab', 'file', 'signed')
  all(@CurrentCaller() { kind, identity }: { kind: string; identity?: { text: string } }) {
    return { who: [kind, identity?.text].join(' ') };
  }

  @Get('pat')
  @RequireCaller('pat')
  pat(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }

  @Get('environment')
  @RequireCaller('environment')
  environment(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }

  @Get('any')
  @RequireCaller('any')
  any(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }

  @Get('file')
  @RequireCaller('file')
  file(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }

  @Get('export')
  @RequireCaller('export')
  export(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }

  @Get('own')
  @RequireUserOrApiKey()
  own(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }

  @Get('org')
  @RequireCaller('collab', 'file')
  @RequireOrgMember({ org: activeOrg() })
  org(@CurrentOrg('orgId') orgId: string) {
    return { who: orgId };
  }
}

const kinds = [
  new Texts('pat', { scheme: 'Bearer', prefix: 'pat.' }),
  new Texts('environment', { scheme: 'ApiKey' }),
  new Texts('signed', { scheme: 'JWT', claims: { iss: 'https://a.example' } }),
  new Texts('link', { header: 'x-link' }),
  new Texts('any', { scheme: 'Bearer' }),
  purpose('collab', ACME_ID),
  purpose('file', GLOBEX_ID),
  purpose('export', ACME_ID, 'https://exports.example'),
];

const application = beforeTests(() =>
  startGuarded({ controllers: [Routes] }, { callerKinds: kinds, debugMode: true }),
);

const now = () => Math.floor(Date.now() / 1000);

const signed = (claims: object, key: KeyObject = SECRET, alg = 'HS256') =>
  new SignJWT({ iat: now(), exp: now() + 60, ...claims }).setProtectedHeader({ alg }).sign(key);

const signedText = (payload: string) =>
  new CompactSign(Buffer.from(payload)).setProtectedHeader({ alg: 'HS256' }).sign(SECRET);

/** The next letter of base64url, which stands for the same 32 bytes at their end. */
const following = (letter: string) => String.fromCharCode(letter.charCodeAt(0) + 1);

/** Who the caller of a request is, or the status with the schemes of the challenge. */
async function whoIs(path: string, headers: Record<string, string>): Promise<string> {
  const response = await request(application.url).get(path).set(headers);
  const { who } = response.body as { who?: string };
  const challenges = String(response.headers['www-authenticate']).split(', ');
  return who ?? `${response.status} ${challenges.map((one) => one.split(' ')[0]).join(', ')}`;
}

describe('Text after a scheme', () => {
  it.each<[string, string, string, string]>([
    ['a prefix', '/all', 'Bearer pat.1', 'pat pat.1'],
    ['a prefix, and dots', '/all', 'Bearer pat.1.2.3.4', 'pat pat.1.2.3.4'],
    ['a prefix, and the dots of a token', '/all', 'Bearer pat.1.2', 'pat pat.1.2'],
    ['another prefix', '/pat', 'Bearer pat-1', '401 Bearer'],
    ['the prefix in capitals', '/pat', 'Bearer PAT.1', '401 Bearer'],
    ['the prefix alone', '/pat', 'Bearer pat.', 'pat'],
    ['another scheme', '/environment', 'ApiKey 1.2.3', 'environment'],
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
  it.each<[string, () => Promise<string> | string, string, string]>([
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
      'user ',
    ],
    [
      'another secret',
      () => signed({ type: 'file' }, createSecretKey(Buffer.alloc(32))),
      '/file',
      '401 Bearer',
    ],
    ['another algorithm', () => signed({ type: 'file' }, SECRET, 'HS384'), '/file', '401 Bearer'],
    [
      'a key of another type',
      () => signed({ type: 'file' }, rsa.privateKey, 'RS256'),
      '/file',
      '401 Bearer',
    ],
    [
      'no signature',
      () => new UnsecuredJWT({ type: 'file' }).setIssuedAt().setExpirationTime('1m').encode(),
      '/file',
      '401 Bearer',
    ],
    [
      'one audience of several',
      () => signed({ type: 'export', aud: ['a', 'https://exports.example'] }),
      '/export',
      'export',
    ],
    ['another audience', () => signed({ type: 'export', aud: 'a' }), '/export', '401 Bearer'],
    ['no audience', () => signed({ type: 'export' }), '/export', '401 Bearer'],
    ['an expired one', () => signed({ type: 'file', exp: now() - 61 }), '/file', '401 Bearer'],
    ['one within the leeway', () => signed({ type: 'file', exp: now() - 30 }), '/file', 'file'],
    ['one without expiry', () => signed({ type: 'file', exp: undefined }), '/file', '401 Bearer'],
    [
      'one without a time of issue',
      () => signed({ type: 'file', iat: undefined }),
      '/file',
      '401 Bearer',
    ],
    ['one of the future', () => signed({ type: 'file', iat: now() + 120 }), '/file', '401 Bearer'],
    [
      'one that is not valid yet',
      () => signed({ type: 'file', nbf: now() + 120 }),
      '/file',
      '401 Bearer',
    ],
    [
      'one that never ends',
      () => signedText(`{"type":"file","iat":${now()},"exp":1e400}`),
      '/file',
      '401 Bearer',
    ],
    [
      'one that ends later than any date',
      () => signed({ type: 'file', exp: Number.MAX_SAFE_INTEGER }),
      '/file',
      '401 Bearer',
    ],
    [
      'one of a time before any date',
      () => signed({ type: 'file', iat: -1e300 }),
      '/file',
      '401 Bearer',
    ],
    [
      'one that ends at the last date',
      () => signed({ type: 'file', exp: 8.64e12 - 300 }),
      '/file',
      'file',
    ],
    [
      'another spelling of one',
      async () => (await signed({ type: 'file' })).replace(/.$/, following),
      '/file',
      '401 Bearer',
    ],
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

describe('Startup fails', () => {
  const start = (...callerKinds: CallerKind[]) =>
    messageOf(startGuarded({ controllers: [Both] }, { callerKinds }));

  @Controller()
  class Both {
    @Get()
    @RequireCaller('a', 'b')
    get() {}
  }

  it.each<[string, CredentialPlace, CredentialPlace, string]>([
    [
      'two prefixes, one within the other',
      { scheme: 'Bearer', prefix: 'pat.' },
      { scheme: 'bearer', prefix: 'pat.x' },
      'opaque text after Bearer that begins with pat.',
    ],
    [
      'any text, and a prefix',
      { scheme: 'ApiKey', prefix: 'a' },
      { scheme: 'apikey' },
      'opaque text after ApiKey that begins with a',
    ],
    [
      'claims that one token can have',
      { scheme: 'Bearer', claims: { iss: null, type: 'a' } },
      { scheme: 'Bearer', claims: { iss: null, use: 'b' } },
      'tokens without an issuer, type a',
    ],
    [
      'claims of which some are absent',
      { scheme: 'JWT', claims: { iss: 'a', type: null } },
      { scheme: 'JWT', claims: { iss: 'a' } },
      'tokens of a after JWT, no type',
    ],
  ])('for places that overlap: %s', async (_what, one, other, place) => {
    expect(await start(new Texts('a', one), new Texts('b', other))).toContain(
      `in one place: ${place}.`,
    );
  });

  it.each<[string, CredentialPlace, CredentialPlace]>([
    ['prefixes', { scheme: 'Bearer', prefix: 'a.' }, { scheme: 'Bearer', prefix: 'b.' }],
    ['schemes', { scheme: 'Bearer' }, { scheme: 'ApiKey' }],
    [
      'claims',
      { scheme: 'Bearer', claims: { iss: null, a: 'a' } },
      { scheme: 'Bearer', claims: { iss: null, a: null } },
    ],
    ['forms', { scheme: 'Bearer', claims: { iss: null } }, { scheme: 'Bearer' }],
  ])('not for places with different %s', async (_what, one, other) => {
    expect(await start(new Texts('a', one), new Texts('b', other))).toBe('');
  });

  const jwt = { name: 'a', claims: { iss: null }, identity: () => ({}) };

  it.each<[string, () => CallerKind, string]>([
    [
      'no algorithm',
      () => jwtKind({ ...jwt, key: SECRET, algorithms: [] }),
      'algorithms is not a list',
    ],
    [
      'an unknown algorithm',
      () => jwtKind({ ...jwt, key: SECRET, algorithms: ['none' as 'HS256'] }),
      'algorithms has "none"',
    ],
    [
      'a property of all objects',
      () => jwtKind({ ...jwt, key: SECRET, algorithms: ['toString' as 'HS256'] }),
      'algorithms has "toString"',
    ],
    [
      'a public key for a secret',
      () => jwtKind({ ...jwt, key: issuer.verifierKey, algorithms: ['HS256'] }),
      'its type is rsa, not secret',
    ],
    [
      'a public key for a secret, after a line break',
      () => jwtKind({ ...jwt, key: `\n${issuer.verifierKey}`, algorithms: ['HS256'] }),
      'neither a public key that begins with',
    ],
    [
      'a public key and a secret',
      () => jwtKind({ ...jwt, key: rsa.publicKey, algorithms: ['RS256', 'HS256'] }),
      'key is no key for HS256',
    ],
    [
      'a secret for a public key',
      () => jwtKind({ ...jwt, key: 'a'.repeat(64), algorithms: ['ES256'] }),
      'its type is secret, not ec',
    ],
    [
      'a short secret',
      () => jwtKind({ ...jwt, key: 'a'.repeat(47), algorithms: ['HS384'] }),
      'fewer than 384 bits',
    ],
    [
      'a private key',
      () => jwtKind({ ...jwt, key: rsa.privateKey, algorithms: ['RS256'] }),
      'neither a public key',
    ],
    [
      'a damaged key',
      () => jwtKind({ ...jwt, key: '-----BEGIN PUBLIC KEY-----', algorithms: ['RS256'] }),
      'neither a public key',
    ],
    ...[undefined, null, '', ['api']].map((audience): [string, () => CallerKind, string] => [
      `the audience ${JSON.stringify(audience)}`,
      () => jwtKind({ ...jwt, key: SECRET, algorithms: ['HS256'], audience: audience as string }),
      'audience is not a text. Set it to what the claim aud has to contain, or leave it out.',
    ]),
    [
      'a leeway of a day',
      () => jwtKind({ ...jwt, key: SECRET, algorithms: ['HS256'], clockToleranceSeconds: 86_400 }),
      'clockToleranceSeconds',
    ],
    [
      'an active organization without memberships',
      () => jwtKind({ ...jwt, key: SECRET, algorithms: ['HS256'], activeOrgId: () => 'a' }),
      'no effect without memberships()',
    ],
  ])('for jwtKind() with %s', async (_what, make, message) => {
    const starting = (async () => startGuarded({}, { callerKinds: [make()] }))();
    expect(await messageOf(starting)).toContain(message);
  });
});
