import { Controller, type INestApplication, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { initContract } from '@ts-rest/core';
import { TsRestHandler, tsRestHandler } from '@ts-rest/nest';
import { CurrentOrg, PropelAuthModule, RequireOrgMember } from 'nestjs-propelauth';
import { z } from 'zod';
import { get, listen } from './http';
import { accessToken, environment, ORG_ID } from './issuer';

const contract = initContract().router({
  list: {
    method: 'GET',
    path: '/orgs/:orgId/posts',
    pathParams: z.object({ orgId: z.string() }),
    responses: { 200: z.object({ orgName: z.string() }) },
  },
  add: {
    method: 'POST',
    path: '/orgs/:orgId/posts',
    body: z.object({}),
    responses: { 201: z.object({}) },
  },
});

const handlers = (orgName: string) =>
  tsRestHandler(contract, {
    list: async () => ({ status: 200, body: { orgName } }),
    add: async () => ({ status: 201, body: {} }),
  });

@Controller()
@RequireOrgMember()
class PostsController {
  @TsRestHandler(contract)
  posts(@CurrentOrg('orgName') orgName: string) {
    return handlers(orgName);
  }
}

@Controller()
class AboveController {
  @RequireOrgMember()
  @TsRestHandler(contract)
  posts() {
    return handlers('');
  }
}

@Controller()
class BelowController {
  @TsRestHandler(contract)
  @RequireOrgMember()
  posts() {
    return handlers('');
  }
}

function start(controller: Type): Promise<INestApplication> {
  return listen(async () => {
    const moduleRef = await Test.createTestingModule({
      imports: [
        PropelAuthModule.forRoot({
          authUrl: environment.PROPELAUTH_AUTH_URL,
          apiKey: environment.PROPELAUTH_API_KEY,
          manualTokenVerificationMetadata: {
            issuer: environment.PROPELAUTH_AUTH_URL,
            verifierKey: environment.PROPELAUTH_VERIFIER_KEY,
          },
        }),
      ],
      controllers: [controller],
    }).compile();
    return moduleRef.createNestApplication({ logger: false });
  });
}

describe('A method with several routes of ts-rest', () => {
  it('is under the rules of its class', async () => {
    const app = await start(PostsController);
    const path = `/orgs/${ORG_ID}/posts`;
    const { status, body } = await get(app, path, accessToken('Member'));
    expect([status, body]).toEqual([200, { orgName: 'Acme Inc' }]);
    expect((await get(app, path)).status).toBe(401);
    expect((await get(app, '/orgs/another/posts', accessToken('Member'))).status).toBe(403);
    const { status: added } = await fetch((await app.getUrl()) + path, { method: 'POST' });
    expect(added).toBe(401);
    await app.close();
  });

  it.each([AboveController, BelowController])(
    'fails startup with a rule of its own: %p',
    async (controller) => {
      await expect(start(controller)).rejects.toThrow(
        `${controller.name}.posts: @TsRestHandler() makes a handler of each route, to which @RequireOrgMember() of the method does not apply.`,
      );
    },
  );
});
