import { equal, rejects } from 'node:assert';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  PropelAuthApi,
  PropelAuthApiError,
  PropelAuthGuard,
  PropelAuthModule,
  RequireUser,
} from 'nestjs-propelauth';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import { FakePropelAuthApi, TestIssuer } from 'nestjs-propelauth/testing';
import { get } from './http.js';

const ALICE = { email: 'alice@example.com', orgs: [{ orgName: 'Acme Inc', role: 'Admin' }] };

const SECRET = 'the-secret-of-the-tests';
const WITH_SECRET = `local_secret=${SECRET}`;

@Controller('reports')
class ReportsController {
  @Get()
  @RequireUser()
  list() {
    return [];
  }
}

@Module({ imports: [PropelAuthModule], controllers: [ReportsController] })
class ReportsModule {}

/** What the replacements of PropelAuth promise, by name. */
export const testingPromises: Record<string, (app: INestApplication) => Promise<void>> = {
  'has a fake PropelAuth for tests': async () => {
    const issuer = await TestIssuer.create();
    const api = new FakePropelAuthApi({ issuer, users: [ALICE] });
    equal(api instanceof PropelAuthApi, true);
    equal((await api.fetchUserMetadataByEmail(ALICE.email))?.userId, issuer.userId(ALICE));
    await rejects(api.createOrg({ name: '' }), (error) => error instanceof PropelAuthApiError);
  },
  'passes the spec that the Nest CLI writes, and starts only with PropelAuthModule': async (
    app,
  ) => {
    const moduleRef = await Test.createTestingModule({
      controllers: [ReportsController],
    }).compile();
    equal(moduleRef.get(ReportsController) instanceof ReportsController, true);
    const Adapter = adapterOf(app);
    const started = moduleRef.createNestApplication(new Adapter(), { logger: false }).init();
    await rejects(started, /PropelAuthModule is not imported/);
  },
  'follows overrideGuard()': async (app) => {
    const issuer = await TestIssuer.create();
    const builder = Test.createTestingModule({
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
      controllers: [ReportsController],
    });
    const stub = { canActivate: () => true };
    const moduleRef = await builder.overrideGuard(PropelAuthGuard).useValue(stub).compile();
    const Adapter = adapterOf(app);
    const stubbed = moduleRef.createNestApplication(new Adapter(), { logger: false });
    await stubbed.listen(0, '127.0.0.1');
    try {
      equal((await get(stubbed, '/reports')).status, 200);
    } finally {
      await stubbed.close();
    }
  },
  'says which module imports PropelAuthModule without options': async () => {
    const forRoot = PropelAuthModule.forRoot((await TestIssuer.create()).moduleOptions);
    for (const imports of [[ReportsModule], [forRoot, ReportsModule]]) {
      const compiling = Test.createTestingModule({ imports }).compile();
      await rejects(compiling, /without options, by ReportsModule/);
    }
  },
  'says that signed webhooks need the package svix': async () => {
    const issuer = await TestIssuer.create();
    await rejects(issuer.webhook({ event_type: 'user.deleted' }), /npm install svix/);
  },
  'runs without PropelAuth while it is developed': async (app) => {
    const local = await startLocally(app);
    try {
      const { body } = await get(local, `/api/v1/refresh_token?user=alice&${WITH_SECRET}`);
      equal(typeof (body as { access_token: unknown }).access_token, 'string');
      const page = await fetch(`${await local.getUrl()}/propelauth/users?${WITH_SECRET}`);
      equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
      equal((await page.text()).includes('alice@example.com'), true);
    } finally {
      await local.close();
    }
  },
};

/** An application over the same HTTP adapter, with the default users. */
async function startLocally(app: INestApplication): Promise<INestApplication> {
  const Adapter = adapterOf(app);
  // It does not run beside a PropelAuth project.
  delete process.env['PROPELAUTH_AUTH_URL'];
  const moduleRef = await Test.createTestingModule({
    imports: [
      LocalPropelAuthModule.forRoot({
        enabled: true,
        origin: 'http://localhost:3000',
        secret: SECRET,
      }),
    ],
  }).compile();
  const local = moduleRef.createNestApplication(new Adapter(), { logger: false });
  local.setGlobalPrefix('prefix');
  await local.listen(0, '127.0.0.1');
  return local;
}

function adapterOf(app: INestApplication): new () => AbstractHttpAdapter {
  return app.getHttpAdapter().constructor as new () => AbstractHttpAdapter;
}
