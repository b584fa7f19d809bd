import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PropelAuthModule } from 'nestjs-propelauth';
import {
  accessTable,
  expectAccess,
  overridePropelAuth,
  TestIssuer,
} from 'nestjs-propelauth/testing';
import request from 'supertest';
import { cookieOf, ShareLinkRule, ShareProofs } from './share-link.rule.js';
import { type ShareLink, ShareLinkLoader, ShareLinks } from './share-links.js';
import { hashPassword } from './share-password.js';
import { SharedController } from './shared.controller.js';

const HOUR = 3_600_000;
const PASSWORD = 'correct horse';
const LOCKED = [403, 'password_required'];
const TRIES = 20;
const SECRET = 'a secret of at least 32 characters';

async function linkWithPassword(id: string): Promise<ShareLink> {
  return {
    id,
    orgId: 'acme',
    documentId: `document of ${id}`,
    expiresAt: new Date(Date.now() + HOUR),
    passwordHash: await hashPassword(PASSWORD),
  };
}

let issuer: TestIssuer;
let link: ShareLink;
let other: ShareLink;
let app: INestApplication;
let links: ShareLinks;
let proofs: ShareProofs;

before(async () => {
  issuer = await TestIssuer.create();
  link = await linkWithPassword('a-link');
  other = await linkWithPassword('another-link');
});

function build(secret: string) {
  process.env.SHARE_LINK_SECRET = secret;
  return Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    controllers: [SharedController],
    providers: [ShareLinkLoader, ShareLinkRule, ShareLinks, ShareProofs],
  });
}

async function start(secret: string) {
  const moduleRef = await build(secret).compile();
  return moduleRef.createNestApplication({ logger: false }).init();
}

beforeEach(async () => {
  app = await start(SECRET);
  links = app.get(ShareLinks);
  proofs = app.get(ShareProofs);
  const withoutPassword = { ...link, id: 'open-link', passwordHash: null };
  for (const row of [link, other, withoutPassword]) links.rows.set(row.id, row);
});

afterEach(() => app.close());

const enter = (id: string, password: unknown) =>
  request(app.getHttpServer()).post(`/shared/${id}/password`).send({ password });

/** The document that a link shows, or the rejection. */
async function open(id: string, cookie?: string): Promise<unknown> {
  const sent = request(app.getHttpServer()).get(`/shared/${id}`);
  if (cookie !== undefined) sent.set('Cookie', cookie);
  const { status, body } = await sent;
  return status === 200 ? body.documentId : [status, body.code];
}

/** The cookie of a visitor who knows the password, with its attributes. */
async function cookieFor({ id }: ShareLink): Promise<string> {
  const response = await enter(id, PASSWORD).expect(201);
  return response.get('Set-Cookie')?.[0] ?? '';
}

const proofIn = (cookie: string) => cookie.replace(/;.*/, '');

describe('a link', () => {
  test('with a password opens with its proof, and not without', async () => {
    assert.deepEqual(await open(link.id), LOCKED);
    assert.equal(await open(link.id, proofIn(await cookieFor(link))), link.documentId);
  });

  test('without a password is open', async () => {
    assert.equal(await open('open-link'), link.documentId);
  });

  test('that does not exist or has expired is a 404, with a proof as well', async () => {
    const cookie = proofIn(await cookieFor(link));
    links.rows.set(link.id, { ...link, expiresAt: new Date() });
    assert.deepEqual(await open(link.id, cookie), [404, 'not_found']);
    assert.deepEqual(await open('unknown', cookie), [404, 'not_found']);
    assert.equal((await enter('unknown', PASSWORD)).status, 404);
  });

  test('is not kept by caches', async () => {
    const { headers } = await request(app.getHttpServer()).get('/shared/open-link');
    assert.equal(headers['cache-control'], 'no-store');
  });

  test('has rules that the access table shows and toHold() tries', async () => {
    const moduleRef = await overridePropelAuth(build(SECRET), { issuer }).compile();
    await app.close();
    app = await moduleRef.createNestApplication({ logger: false }).init();
    assert.deepEqual(accessTable(app), {
      'GET /shared/:linkId': 'optional, share-link, with share-link',
      'POST /shared/:linkId/password': 'optional, with share-link',
    });
    const { tried } = await expectAccess(app).toHold();
    assert.equal(tried.length, 2);
  });
});

describe('the proof', () => {
  test('is in a cookie that scripts, other hosts and plain HTTP do not get', async () => {
    const [, ...attributes] = (await cookieFor(link)).split('; ');
    assert.deepEqual(
      attributes.map((attribute) => attribute.replace(/(?<=^Expires=).*/, 'in 12 hours')),
      ['Path=/', 'Expires=in 12 hours', 'HttpOnly', 'Secure', 'SameSite=Lax'],
    );
    assert.match(cookieOf(link), /^__Host-/);
  });

  test('of another link does not count, even with the same hash and in its cookie', async () => {
    links.rows.set(other.id, { ...other, passwordHash: link.passwordHash });
    const cookie = proofIn(await cookieFor(other));
    assert.deepEqual(await open(link.id, cookie), LOCKED);
    const renamed = cookie.replace(cookieOf(other), cookieOf(link));
    assert.notEqual(renamed, cookie);
    assert.deepEqual(await open(link.id, renamed), LOCKED);
  });

  test('is void after the password changes, even to the same one', async () => {
    const cookie = proofIn(await cookieFor(link));
    links.rows.set(link.id, { ...link, passwordHash: await hashPassword(PASSWORD) });
    assert.deepEqual(await open(link.id, cookie), LOCKED);
  });

  test('is void after it expires', async () => {
    const proofUntil = (time: number) => `${cookieOf(link)}=${proofs.create(link, String(time))}`;
    assert.equal(await open(link.id, proofUntil(Date.now() + HOUR)), link.documentId);
    assert.deepEqual(await open(link.id, proofUntil(Date.now())), LOCKED);
  });

  test('counts only as it was signed', async () => {
    const cookie = proofIn(await cookieFor(link));
    const [name, proof] = cookie.split('=') as [string, string];
    const [expires, signature] = proof.split('.') as [string, string];
    const changed = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    for (const forged of [
      `${Number(expires) + HOUR}.${signature}`,
      `${expires}.${changed}`,
      `${expires}.${signature.slice(1)}`,
      `${expires}.`,
      `.${signature}`,
      `${proof}.`,
      `${proof}=`,
      `Infinity.${signature}`,
      `\u00e9${signature}`,
      '.',
      '',
    ]) {
      assert.deepEqual(await open(link.id, `${name}=${forged}`), LOCKED, forged);
    }
    const later = `${name}=1.x; ${cookie}`;
    assert.deepEqual(await open(link.id, later), LOCKED);
  });

  test('of another secret does not count', async () => {
    const cookie = proofIn(await cookieFor(link));
    await app.close();
    app = await start('another secret of at least 32 characters');
    app.get(ShareLinks).rows.set(link.id, link);
    assert.deepEqual(await open(link.id, cookie), LOCKED);
  });

  test('needs a secret of 32 characters', async () => {
    for (const secret of ['', 'short']) await assert.rejects(start(secret), /SHARE_LINK_SECRET/);
  });
});

describe('a password', () => {
  test('that is wrong is a 403 without a cookie, and one that is no text a 400', async () => {
    for (const [password, status] of [
      ['wrong', 403],
      ['', 403],
      [undefined, 400],
      [['correct horse'], 400],
      ['x'.repeat(201), 400],
    ] as const) {
      const response = await enter(link.id, password);
      assert.deepEqual([response.status, response.headers['set-cookie']], [status, undefined]);
    }
  });

  test('of another link is a 403', async () => {
    links.rows.set(other.id, { ...other, passwordHash: await hashPassword('another') });
    assert.equal((await enter(other.id, PASSWORD)).status, 403);
  });

  test('for a link without one changes nothing', async () => {
    const { status, headers } = await enter('open-link', PASSWORD);
    assert.deepEqual([status, headers['set-cookie']], [201, undefined]);
  });

  test('cannot be tried more than 20 times in an hour, even at once', async () => {
    const tries = await Promise.all(
      Array.from({ length: TRIES + 5 }, () => enter(link.id, 'wrong')),
    );
    const statuses = tries.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 403).length, TRIES);
    assert.equal(statuses.filter((status) => status === 429).length, 5);
    const late = await enter(link.id, PASSWORD);
    assert.equal(late.status, 429);
    assert.ok(Number(late.headers['retry-after']) > 3500);
    assert.equal((await enter(other.id, PASSWORD)).status, 201);
  });

  test('that is right does not count', async () => {
    for (let visitor = 0; visitor <= TRIES; visitor++) await cookieFor(link);
  });
});
