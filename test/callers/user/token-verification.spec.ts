import { PropelAuthModule } from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { stopClock } from '../../support/fake-timers.js';
import { alice } from '../../support/claims.js';
import { GuardedRoutesController } from '../../support/guarded-routes.js';
import { Issuer } from '../../support/issuer.js';
import { AUTH_URL } from '../../support/project.js';
import { generateRsaKeyPair } from '../../support/keys.js';
import {
  hmacSignature,
  rawToken,
  rsaSignature,
  validClaims,
  type RawToken,
} from '../../support/raw-token.js';
import { constants, sign } from 'node:crypto';

const issuer = new Issuer();
const otherKeys = generateRsaKeyPair();

function startWith(options: object = {}): Promise<RunningApplication> {
  return startApplication({
    imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })],
    controllers: [GuardedRoutesController],
  });
}

const application = await startWith();

async function statusOf(token: string, { url } = application): Promise<number> {
  const { status } = await request(url).get('/required').set('Authorization', `Bearer ${token}`);
  return status;
}

describe('The signature', () => {
  it('is accepted for RS256 with the key of the project', async () => {
    const token = rawToken({
      payload: validClaims(alice),
      signature: rsaSignature(issuer.keys.privateKey),
    });
    expect(await statusOf(token)).toBe(200);
  });

  it.each<[string, () => RawToken]>([
    ['another key', () => ({ signature: rsaSignature(otherKeys.privateKey) })],
    ['no key', () => ({})],
    ['alg none', () => ({ header: { alg: 'none' } })],
    ['alg none and a signature', () => ({ header: { alg: 'none' }, signature: signed() })],
    ['alg None', () => ({ header: { alg: 'None' }, signature: signed() })],
    [
      'HS256 and the public key as the secret',
      () => ({
        header: { alg: 'HS256', typ: 'JWT' },
        signature: hmacSignature(issuer.keys.publicKeyPem),
      }),
    ],
    [
      'HS256 and the trimmed public key as the secret',
      () => ({
        header: { alg: 'HS256', typ: 'JWT' },
        signature: hmacSignature(issuer.keys.publicKeyPem.trim()),
      }),
    ],
    [
      'RS512 with the right key',
      () => ({
        header: { alg: 'RS512' },
        signature: rsaSignature(issuer.keys.privateKey, 'sha512'),
      }),
    ],
    ['PS256 with the right key', () => ({ header: { alg: 'PS256' }, signature: pssSignature })],
    ['no alg', () => ({ header: { typ: 'JWT' }, signature: signed() })],
    ['alg in lower case', () => ({ header: { alg: 'rs256' }, signature: signed() })],
    ['an array of algs', () => ({ header: { alg: ['RS256'] }, signature: signed() })],
    [
      'another key from its header',
      () => ({
        header: { alg: 'RS256', jwk: otherKeys.publicKey.export({ format: 'jwk' }) },
        signature: rsaSignature(otherKeys.privateKey),
      }),
    ],
    [
      'a critical extension',
      () => ({ header: { alg: 'RS256', crit: ['x'], x: 1 }, signature: signed() }),
    ],
    [
      'unencoded claims',
      () => ({
        header: { alg: 'RS256', crit: ['b64'], b64: false },
        signature: signed(),
      }),
    ],
    ['a header that is not JSON', () => ({ header: 'RS256', signature: signed() })],
    ['a header that is an array', () => ({ header: ['RS256'], signature: signed() })],
    ['a header that is null', () => ({ header: 'null', signature: signed() })],
  ])('is rejected for a token with %s', async (_what, differing) => {
    const token = rawToken({ payload: validClaims(alice), ...differing() });
    expect(await statusOf(token)).toBe(401);
  });

  it('is rejected with other claims than the signed ones', async () => {
    const [header, claims, signature] = (await issuer.accessToken(alice)).split('.');
    expect(await statusOf(`${header}.${claims}.${signature}`)).toBe(200);
    const forged = Buffer.from(JSON.stringify(validClaims({ user_id: 'user-root' })));
    const token = `${header}.${forged.toString('base64url')}.${signature}`;
    expect(await statusOf(token)).toBe(401);
  });
});

describe('The registered claims', () => {
  it.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://auth.example.org' }],
    ['the issuer under http', { iss: AUTH_URL.replace('https', 'http') }],
    ['a slash after the issuer', { iss: `${AUTH_URL}/` }],
    ['an issuer that begins with ours', { iss: `${AUTH_URL}.evil.example` }],
    ['ours among several issuers', { iss: [AUTH_URL] }],
    ['no issuer', { iss: undefined }],
    ['null for the issuer', { iss: null }],
    ['no exp', { exp: undefined }],
    ['null for exp', { exp: null }],
    ['a string for exp', { exp: '9999999999' }],
    ['no iat', { iat: undefined }],
    ['null for iat', { iat: null }],
    ['a string for iat', { iat: '0' }],
    ['a string for nbf', { nbf: '0' }],
    ['an exp long ago', { exp: 1_000_000_000 }],
    ['a negative exp', { exp: -1 }],
  ])('are rejected for %s', async (_what, claims) => {
    const token = rawToken({
      payload: validClaims({ ...alice, ...claims }),
      signature: signed(),
    });
    expect(await statusOf(token)).toBe(401);
  });

  it.each<[string, object | string]>([
    ['nothing', {}],
    ['an array', [alice]],
    ['a string', '"alice"'],
    ['a number', '1'],
    ['null', 'null'],
    ['something that is not JSON', '{"user_id":'],
    ['times beyond all numbers', `{"iss":"${AUTH_URL}","iat":0,"exp":1e999,"user_id":"alice"}`],
    ['a start beyond all numbers', withTimes('-1e999', '9999999999')],
  ])('are rejected when the claims are %s', async (_what, payload) => {
    expect(await statusOf(rawToken({ payload, signature: signed() }))).toBe(401);
  });
});

describe('The times', () => {
  const now = Math.floor(Date.parse('2030-01-01T12:00:00Z') / 1000);

  beforeEach(() => stopClock(now * 1000));

  describe.each([
    { clockToleranceSeconds: undefined, leeway: 60 },
    { clockToleranceSeconds: 0, leeway: 0 },
    { clockToleranceSeconds: 300, leeway: 300 },
  ])('with the leeway $clockToleranceSeconds', ({ clockToleranceSeconds, leeway }) => {
    it.each<[string, number, Record<string, number>]>([
      ['accepts a token that expires later', 200, { exp: now + 1 }],
      ['accepts the last second of the leeway', 200, { exp: now - leeway + 1 }],
      ['rejects the first second after it', 401, { exp: now - leeway }],
      ['rejects an expired token', 401, { exp: now - leeway - 1 }],
      ['accepts a token issued within the leeway ahead', 200, { iat: now + leeway }],
      ['rejects one issued further ahead', 401, { iat: now + leeway + 1 }],
      ['accepts a token that begins within the leeway ahead', 200, { nbf: now + leeway }],
      ['rejects one that begins further ahead', 401, { nbf: now + leeway + 1 }],
    ])('%s', async (_promise, status, times) => {
      const withLeeway = await startWith({ clockToleranceSeconds });
      expect(await statusOf(await issuer.accessToken({ ...alice, ...times }), withLeeway)).toBe(
        status,
      );
    });
  });

  it('reject a token that was accepted before, as soon as the leeway is over', async () => {
    const token = await issuer.accessToken({ ...alice, exp: now + 10 });
    expect(await statusOf(token)).toBe(200);
    jest.setSystemTime((now + 10 + 59) * 1000);
    expect(await statusOf(token)).toBe(200);
    jest.setSystemTime((now + 10 + 60) * 1000);
    expect(await statusOf(token)).toBe(401);
  });
});

function signed() {
  return rsaSignature(issuer.keys.privateKey);
}

function pssSignature(input: string): Buffer {
  return sign('sha256', Buffer.from(input), {
    key: issuer.keys.privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
}

function withTimes(iat: string, exp: string): string {
  return `{"iss":"${AUTH_URL}","iat":${iat},"exp":${exp},"user_id":"alice"}`;
}
