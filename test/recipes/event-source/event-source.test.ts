import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PropelAuthModule } from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import { LiveController } from './live.controller.js';
import { ReportsModule } from './reports.module.js';

const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
const alice = {
  userId: 'user-alice',
  orgs: [{ orgId: ACME_ID, orgName: 'Acme', role: 'Member' }],
};
const dave = { userId: 'user-dave' };

let issuer: TestIssuer;
let app: INestApplication;
let url: string;

before(async () => {
  issuer = await TestIssuer.create();
  const moduleRef = await Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions), ReportsModule],
    controllers: [LiveController],
  }).compile();
  app = moduleRef.createNestApplication();
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

after(() => app.close());

async function post(path: string, user: TestUser) {
  const headers = { Authorization: await issuer.authorization(user) };
  return fetch(`${url}${path}`, { method: 'POST', headers });
}

async function ticketOf(user: TestUser): Promise<string> {
  const { ticket } = (await (await post('/tickets', user)).json()) as { ticket: string };
  return ticket;
}

async function cookieOf(user: TestUser): Promise<string> {
  const { headers } = await post('/live/session', user);
  return headers.get('set-cookie') ?? '';
}

async function statusOf(path: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${url}${path}`, { headers });
  await response.body?.cancel();
  return response.status;
}

/** The first event of a stream. */
async function firstEvent(path: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${url}${path}`, { headers });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('data: ')) break;
  }
  return text;
}

const DOWNLOAD = `/orgs/${ACME_ID}/report.csv`;
const EVENTS = `/orgs/${ACME_ID}/events`;
const LIVE = `/live/orgs/${ACME_ID}/events`;

test('a ticket opens an event stream as its user', async () => {
  const event = await firstEvent(`${EVENTS}?ticket=${await ticketOf(alice)}`);
  assert.match(event, /data: {"count":0,"userId":"user-alice"}/);
});

test('a ticket opens a download, once', async () => {
  const link = `${url}${DOWNLOAD}?ticket=${await ticketOf(alice)}`;
  const response = await fetch(link);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-disposition') ?? '', /report\.csv/);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.equal(await response.text(), 'month,total\n');
  assert.equal((await fetch(link)).status, 401);
});

test('a ticket is not an access token, and reveals nothing of it', async () => {
  const ticket = await ticketOf(alice);
  assert.match(ticket, /^[\w-]{43}$/);
  const headers = { Authorization: `Bearer ${ticket}` };
  assert.equal((await fetch(`${url}/tickets`, { method: 'POST', headers })).status, 401);
});

test('a missing, forged or expired ticket returns 401', async (context) => {
  assert.equal(await statusOf(EVENTS), 401);
  assert.equal(await statusOf(`${DOWNLOAD}?ticket=made-up`), 401);
  const ticket = await ticketOf(alice);
  assert.equal(await statusOf(`${DOWNLOAD}?ticket=${ticket}&ticket=${ticket}`), 401);
  const later = Date.now() + 30_001;
  context.mock.method(Date, 'now', () => later);
  assert.equal(await statusOf(`${DOWNLOAD}?ticket=${ticket}`), 401);
});

test('the access token in the URL, or in a header instead of a ticket, returns 401', async () => {
  const token = await issuer.accessToken(alice);
  assert.equal(await statusOf(`${DOWNLOAD}?ticket=${token}`), 401);
  assert.equal(await statusOf(DOWNLOAD, { Authorization: `Bearer ${token}` }), 401);
});

test('the ticket of a user who is not a member returns 403', async () => {
  assert.equal(await statusOf(`${EVENTS}?ticket=${await ticketOf(dave)}`), 403);
  assert.equal(await statusOf(`${DOWNLOAD}?ticket=${await ticketOf(dave)}`), 403);
});

test('unused tickets are kept up to a limit per user', async () => {
  const first = await ticketOf(alice);
  const second = await ticketOf(alice);
  for (let count = 0; count < 1_000; count++) await ticketOf(dave);
  assert.equal(await statusOf(`${DOWNLOAD}?ticket=${first}`), 200);
  for (let count = 0; count < 19; count++) await ticketOf(alice);
  const last = await ticketOf(alice);
  assert.equal(await statusOf(`${DOWNLOAD}?ticket=${second}`), 401);
  assert.equal(await statusOf(`${DOWNLOAD}?ticket=${last}`), 200);
});

test('a cookie opens an event stream repeatedly', async () => {
  const cookie = await cookieOf(alice);
  assert.match(cookie, /; Path=\/live; HttpOnly; Secure; SameSite=Strict/);
  const headers = { cookie: `theme=dark; ${cookie.split(';')[0]}` };
  assert.match(await firstEvent(LIVE, headers), /data: {"count":0}/);
  assert.match(await firstEvent(LIVE, headers), /data: {"count":0}/);
});

test('a missing cookie, or one with another name, returns 401', async () => {
  const [cookie = ''] = (await cookieOf(alice)).split(';');
  assert.equal(await statusOf(LIVE), 401);
  assert.equal(await statusOf(LIVE, { cookie: `not_${cookie}` }), 401);
  assert.equal(await statusOf(LIVE, { cookie: `${cookie}a` }), 401);
});

test('the cookie of a user who is not a member returns 403', async () => {
  const [cookie = ''] = (await cookieOf(dave)).split(';');
  assert.equal(await statusOf(LIVE, { cookie }), 403);
});

test('tickets and cookies are only for users', async () => {
  assert.equal((await fetch(`${url}/tickets`, { method: 'POST' })).status, 401);
  assert.equal((await fetch(`${url}/live/session`, { method: 'POST' })).status, 401);
});
