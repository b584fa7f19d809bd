import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BadRequestException, Controller, Get, type INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { PropelAuthModule, RequireUser, type PropelAuthModuleOptions } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { AppModule } from './app.module.js';

const ACME = { orgId: '5c3a9a2e-6d2f-4d5c-9d1b-1f5f6f1f0001', orgName: 'Acme', role: 'Member' };
const alice = { userId: 'alice', email: 'alice@example.com', orgs: [ACME] };
const MEMBERS = `/orgs/${ACME.orgId}/teams/one/members`;
const problems = 'https://api.example.com/problems';

@Controller('other')
class OtherController {
  @Get('invalid')
  invalid() {
    throw new BadRequestException(['name is missing', 'age is no number']);
  }

  @Get('user')
  @RequireUser()
  user() {}
}

async function start(adapter: AbstractHttpAdapter, options: PropelAuthModuleOptions) {
  const moduleRef = await Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(options), AppModule],
    controllers: [OtherController],
  }).compile();
  const app = moduleRef.createNestApplication(adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

for (const [name, Adapter] of Object.entries({ ExpressAdapter, FastifyAdapter })) {
  describe(`A problem with the ${name}`, () => {
    let issuer: TestIssuer;
    let app: INestApplication;

    async function get(path: string, user?: typeof alice, from = app) {
      const authorization = user && (await issuer.authorization(user));
      const headers: Record<string, string> = authorization ? { authorization } : {};
      const response = await fetch((await from.getUrl()) + path, { headers });
      const type = response.headers.get('content-type')?.split(';')[0];
      return { type, headers: response.headers, problem: await response.json() };
    }

    before(async () => {
      issuer = await TestIssuer.create({ roles: ['Owner', 'Admin', 'Member'] });
      app = await start(new Adapter(), issuer.moduleOptions);
    });
    after(() => app.close());

    it('is made of a rejection, with its challenge', async () => {
      const { type, headers, problem } = await get(`${MEMBERS}/alice`);
      assert.equal(type, 'application/problem+json');
      assert.equal(headers.get('www-authenticate'), 'Bearer');
      assert.deepEqual(problem, {
        type: `${problems}/token_missing`,
        title: 'Unauthorized',
        status: 401,
        code: 'token_missing',
      });
      const denied = await get(`${MEMBERS}/alice`, { ...alice, orgs: [] });
      assert.deepEqual(denied.problem, {
        type: `${problems}/org_access_denied`,
        title: 'Forbidden',
        status: 403,
        code: 'org_access_denied',
      });
    });

    it("is made of the application's own errors, with their codes", async () => {
      const { type, problem } = await get(`${MEMBERS}/bob`, alice);
      assert.equal(type, 'application/problem+json');
      assert.deepEqual(problem, {
        type: `${problems}/team/member_not_found`,
        title: 'Not Found',
        status: 404,
        code: 'team/member_not_found',
        detail: 'The team has no such member',
      });
      assert.deepEqual((await get('/other/invalid')).problem, {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: 'name is missing; age is no number',
      });
      assert.equal((await get('/unknown')).type, 'application/problem+json');
    });

    it('is not made of other responses', async () => {
      const { type, problem } = await get(`${MEMBERS}/alice`, alice);
      assert.equal(type, 'application/json');
      assert.deepEqual(problem, { userId: 'alice' });
    });

    it('keeps Retry-After without a verification key, and explains the rejection with debugMode', async () => {
      const realFetch = globalThis.fetch;
      globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'));
      const { authUrl, apiKey } = issuer.moduleOptions;
      const other = await start(new Adapter(), { authUrl, apiKey, debugMode: true }).finally(() => {
        globalThis.fetch = realFetch;
      });
      const { headers, problem } = await get('/other/user', alice, other);
      await other.close();
      assert.match(headers.get('retry-after') ?? '', /^\d+$/);
      assert.equal(problem.code, 'unavailable');
      assert.match(problem.detail, /verification key/);
    });
  });
}
