import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  UseGuards,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { getCurrentUser, PropelAuthModule, Public, RequireUser } from 'nestjs-propelauth';
import {
  createEmulator,
  overridePropelAuth,
  TestIssuer,
  type TestUser,
} from 'nestjs-propelauth/testing';
import request from 'supertest';
import { ExportsModule } from './exports.module.js';
import { Plans } from './plans.js';
import { RequirePlan } from './require-plan.js';
import { Subscriptions } from './subscriptions.js';

const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';

function memberOfOrgOn(plan: string | undefined): TestUser {
  const orgMetadata = plan === undefined ? {} : { plan };
  return {
    userId: 'user-alice',
    orgs: [{ orgId: ACME_ID, orgName: 'Acme', role: 'Member', orgMetadata }],
  };
}

let seen: (string | undefined)[] = [];

class SeeingGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    seen.push(getCurrentUser(context)?.userId);
    return true;
  }
}

@Controller('guards')
class GuardsController {
  @Get('above')
  @UseGuards(SeeingGuard)
  @RequireUser()
  above() {}

  @Get('below')
  @RequireUser()
  @UseGuards(SeeingGuard)
  below() {}

  @Get('public')
  @Public()
  open() {}
}

@Controller('class-guards')
@UseGuards(SeeingGuard)
class ClassGuardsController {
  @Get()
  @RequireUser()
  show() {}
}

@Controller('class-rules')
@RequireUser()
class ClassRulesController {
  @Get()
  @UseGuards(SeeingGuard)
  show() {}
}

@Controller('orgs/:orgId/whole')
@RequirePlan('pro')
class WholeController {
  @Get()
  show() {}
}

const controllers = [
  GuardsController,
  ClassGuardsController,
  ClassRulesController,
  WholeController,
];

let issuer: TestIssuer;
let app: INestApplication;

async function start(plans = new Plans()) {
  const moduleRef = await Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions), ExportsModule],
    controllers,
    providers: [Plans],
  })
    .overrideProvider(Plans)
    .useValue(plans)
    .compile();
  return moduleRef.createNestApplication().init();
}

before(async () => {
  issuer = await TestIssuer.create();
  app = await start();
});

beforeEach(() => {
  seen = [];
});

after(() => app.close());

async function get(path: string, user: TestUser | undefined, application = app) {
  const call = request(application.getHttpServer()).get(path);
  return user === undefined ? call : call.auth(await issuer.accessToken(user), { type: 'bearer' });
}

const SUPPORT = `/orgs/${ACME_ID}/support`;

test('a member of an organization on the plan gets 200', async () => {
  const { status, body } = await get(SUPPORT, memberOfOrgOn('pro'));
  assert.deepEqual({ status, body }, { status: 200, body: { orgId: ACME_ID } });
});

test('a member of an organization on another plan, or on none, gets 403', async () => {
  for (const plan of ['free', undefined]) {
    const { status, body } = await get(SUPPORT, memberOfOrgOn(plan));
    assert.equal(status, 403);
    assert.equal(body.message, 'Your organization needs the plan "pro".');
  }
});

test('a user who is not a member gets 403 from the rules, and 401 without a token', async () => {
  const { status, body } = await get(SUPPORT, { userId: 'user-dave' });
  assert.deepEqual({ status, message: body.message }, { status: 403, message: 'Forbidden' });
  assert.equal((await get(SUPPORT, undefined)).status, 401);
});

test('the plan can be required on a class', async () => {
  const path = `/orgs/${ACME_ID}/whole`;
  assert.equal((await get(path, memberOfOrgOn('pro'))).status, 200);
  assert.equal((await get(path, memberOfOrgOn('free'))).status, 403);
});

test('the plan can come from a repository', async () => {
  const fromRepository = await start({
    planOf: async ({ orgId }) => (orgId === ACME_ID ? 'pro' : 'free'),
  });
  assert.equal((await get(SUPPORT, memberOfOrgOn('free'), fromRepository)).status, 200);
  await fromRepository.close();
});

test('a guard of class or method sees the caller in any position, and no rejected call', async () => {
  for (const path of ['/guards/above', '/guards/below', '/class-guards', '/class-rules']) {
    assert.equal((await get(path, memberOfOrgOn('free'))).status, 200);
    assert.equal((await get(path, undefined)).status, 401);
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 4 }, () => 'user-alice'),
  );
});

test('a global guard sees the caller before the rules, which still decide', async () => {
  const mallory = { ...memberOfOrgOn('pro'), userId: 'user-mallory' };
  for (const path of [SUPPORT, '/guards/above', '/guards/public']) {
    assert.equal((await get(path, mallory)).status, 403);
  }
  assert.deepEqual(seen, []);
  assert.equal((await get('/guards/public', undefined)).status, 200);
});

test('a suspended user cannot hide behind an API key', async () => {
  const mallory = await issuer.accessToken({ ...memberOfOrgOn('pro'), userId: 'user-mallory' });
  await request(app.getHttpServer())
    .get(SUPPORT)
    .auth(mallory, { type: 'bearer' })
    .set('X-API-Key', 'junk')
    .expect(403);
});

test('a plan is a role mapping, whose permissions the next token has', async () => {
  const emulator = await createEmulator({
    seed: {
      roles: ['Owner', 'Member'],
      roleMappings: [
        { name: 'Free' },
        { name: 'Paid', roles: [{ name: 'Owner', permissions: ['can_export'] }] },
      ],
      orgs: [{ name: 'Acme Inc', roleMapping: 'Free' }],
      users: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Owner' }] }],
    },
  });
  const builder = Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(emulator.issuer.moduleOptions), ExportsModule],
  });
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  const application = await moduleRef.createNestApplication().init();
  const orgId = emulator.issuer.orgId('Acme Inc');
  const path = `/orgs/${orgId}/exports`;
  const status = async () => {
    const token = await emulator.issuer.accessToken(emulator.user('alice'));
    const call = request(application.getHttpServer()).get(path).auth(token, { type: 'bearer' });
    return (await call).status;
  };
  const subscriptions = application.get(Subscriptions);
  assert.equal(await status(), 403);
  await subscriptions.changePlan(orgId, 'Paid');
  assert.equal(await status(), 200);
  await subscriptions.changePlan(orgId, 'Free');
  assert.equal(await status(), 403);
  const nowhere = subscriptions.changePlan('00000000-0000-4000-8000-000000000000', 'Paid');
  await assert.rejects(nowhere, { status: 404 });
  await application.close();
});
