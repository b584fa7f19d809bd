import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TRPCClientError } from '@trpc/client';
import { PropelAuthModule, type PropelAuthModuleOptions } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { createClient } from './client.js';
import { mountTrpc } from './mount-trpc.js';

async function start(options: PropelAuthModuleOptions): Promise<INestApplication> {
  const imports = [PropelAuthModule.forRoot({ ...options, requireUserByDefault: true })];
  const moduleRef = await Test.createTestingModule({ imports }).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  app.enableCors({ origin: 'https://app.example.com' });
  mountTrpc(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

const clientOf = async (app: INestApplication, token: string) =>
  createClient(`${await app.getUrl()}/trpc`, () => Promise.resolve(token));

const failsWith = (code: string, httpStatus: number) => (error: unknown) => {
  assert.ok(error instanceof TRPCClientError);
  assert.equal(error.data.code, code);
  assert.equal(error.data.httpStatus, httpStatus);
  return true;
};

describe('A tRPC procedure', () => {
  let issuer: TestIssuer;
  let app: INestApplication;
  const alice = { email: 'alice@example.com', orgs: [{ orgName: 'Acme Inc', role: 'Admin' }] };
  const carol = { email: 'carol@example.com', orgs: [{ orgName: 'Acme Inc', role: 'Member' }] };

  before(async () => {
    issuer = await TestIssuer.create();
    app = await start(issuer.moduleOptions);
  });
  after(() => app.close());

  it('is public if it is built on publicProcedure', async () => {
    const client = await clientOf(app, 'invalid');
    assert.equal(await client.health.query(), 'ok');
  });

  it('gets the user of the token', async () => {
    const client = await clientOf(app, await issuer.accessToken(alice));
    assert.deepEqual(await client.me.query(), { userId: issuer.user(alice).userId });
  });

  it('returns UNAUTHORIZED without a valid token', async () => {
    await request(app.getHttpServer()).get('/trpc/me').expect(401);
    for (const token of ['invalid', await issuer.accessToken(alice, { expiresInSeconds: -120 })]) {
      const client = await clientOf(app, token);
      await assert.rejects(client.me.query(), failsWith('UNAUTHORIZED', 401));
    }
  });

  it('accepts the roles that it requires, and returns FORBIDDEN to others', async () => {
    const input = { orgId: issuer.orgId('Acme Inc'), name: 'Acme' };
    const admin = await clientOf(app, await issuer.accessToken(alice));
    assert.equal(await admin.renameOrg.mutate(input), 'Renamed Acme Inc to Acme');
    const member = await clientOf(app, await issuer.accessToken(carol));
    await assert.rejects(member.renameOrg.mutate(input), failsWith('FORBIDDEN', 403));
    const other = { ...input, orgId: issuer.orgId('Other Inc') };
    await assert.rejects(admin.renameOrg.mutate(other), failsWith('FORBIDDEN', 403));
    const stranger = await clientOf(app, 'invalid');
    await assert.rejects(stranger.renameOrg.mutate(input), failsWith('UNAUTHORIZED', 401));
  });

  it('is checked separately in a batch', async () => {
    const response = await request(app.getHttpServer()).get('/trpc/health,me?batch=1').expect(207);
    assert.equal(response.body[0].result.data, 'ok');
    assert.equal(response.body[1].error.data.code, 'UNAUTHORIZED');
  });

  it('is not called in a batch of more than 20, or with a large body', async () => {
    const batch = Array(21).fill('health').join(',');
    await request(app.getHttpServer()).get(`/trpc/${batch}?batch=1`).expect(400);
    await request(app.getHttpServer())
      .post('/trpc/renameOrg')
      .auth(await issuer.accessToken(alice), { type: 'bearer' })
      .send({ orgId: issuer.orgId('Acme Inc'), name: 'a'.repeat(100_000) })
      .expect(413);
  });

  it('is called in small enough batches by the client', async () => {
    const client = await clientOf(app, await issuer.accessToken(alice));
    const answers = await Promise.all(Array.from({ length: 30 }, () => client.health.query()));
    assert.deepEqual(new Set(answers), new Set(['ok']));
  });

  it('can be called from the origin of the front end', async () => {
    const preflight = await request(app.getHttpServer())
      .options('/trpc/me')
      .set('Origin', 'https://app.example.com')
      .set('Access-Control-Request-Method', 'GET')
      .set('Access-Control-Request-Headers', 'authorization')
      .expect(204);
    assert.equal(preflight.headers['access-control-allow-origin'], 'https://app.example.com');
  });
});

describe('A tRPC procedure without a verification key', () => {
  const realFetch = globalThis.fetch;
  let app: INestApplication;

  before(async () => {
    // PropelAuth is unreachable.
    globalThis.fetch = (address, init) =>
      typeof address === 'string' && address.startsWith('http://127.0.0.1')
        ? realFetch(address, init)
        : Promise.reject(new TypeError('fetch failed'));
    const { authUrl, apiKey } = (await TestIssuer.create()).moduleOptions;
    app = await start({ authUrl, apiKey });
  });
  after(async () => {
    await app.close();
    globalThis.fetch = realFetch;
  });

  it('returns SERVICE_UNAVAILABLE', async () => {
    const token = await (await TestIssuer.create()).accessToken({ email: 'alice@example.com' });
    const client = await clientOf(app, token);
    await assert.rejects(client.me.query(), failsWith('SERVICE_UNAVAILABLE', 503));
  });
});
