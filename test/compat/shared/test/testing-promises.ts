import { deepEqual, equal, rejects } from 'node:assert';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { HttpAdapterHost, NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  OnPropelAuthEvent,
  PropelAuthApi,
  PropelAuthApiError,
  PropelAuthGuard,
  PropelAuthModule,
  RequireUser,
  type PropelAuthEvent,
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
  'passes the spec that the Nest CLI generates, and starts only with PropelAuthModule': async (
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
  'names the module that imports PropelAuthModule without options': async () => {
    const forRoot = PropelAuthModule.forRoot((await TestIssuer.create()).moduleOptions);
    for (const imports of [[ReportsModule], [forRoot, ReportsModule]]) {
      const compiling = Test.createTestingModule({ imports }).compile();
      await rejects(compiling, /without options, by ReportsModule/);
    }
  },
  'handles signed events, or says that they need the package svix': async (app) => {
    const issuer = await TestIssuer.create();
    const event = { event_type: 'user.deleted', user_id: issuer.userId(ALICE) };
    const handled: object[] = [];
    const module = moduleWithHandler(issuer, (deleted) => handled.push(deleted));
    const Adapter = adapterOf(app);
    const starting = NestFactory.create(module, new Adapter(), {
      logger: false,
      abortOnError: false,
    }).then(listen);
    if (!isInstalled('svix')) {
      await rejects(starting, /npm install svix/);
      await rejects(issuer.webhook(event), /npm install svix/);
      return;
    }
    const receiving = await starting;
    try {
      const { headers, body } = issuer.webhook(event);
      const url = `${await receiving.getUrl()}/webhooks`;
      equal((await fetch(url, { method: 'POST', headers, body })).status, 204);
      equal((await fetch(url, { method: 'POST', body })).status, 400);
      deepEqual(handled, [event]);
    } finally {
      await receiving.close();
    }
  },
  'handles them in a testing module, or names the required version of Nest': async (app) => {
    if (!isInstalled('svix')) return;
    const issuer = await TestIssuer.create();
    const imports = [moduleWithHandler(issuer, () => {})];
    const moduleRef = await Test.createTestingModule({ imports }).compile();
    const Adapter = adapterOf(app);
    const starting = listen(moduleRef.createNestApplication(new Adapter(), { logger: false }));
    if (!('init$' in HttpAdapterHost.prototype)) {
      await rejects(starting, /Install 11\.1\.4 or later/);
      return;
    }
    const receiving = await starting;
    try {
      const { headers, body } = issuer.webhook({ event_type: 'user.deleted' });
      const url = `${await receiving.getUrl()}/webhooks`;
      equal((await fetch(url, { method: 'POST', headers, body })).status, 204);
    } finally {
      await receiving.close();
    }
  },
  'runs without PropelAuth in development': async (app) => {
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

/** An application that receives events at `/webhooks`. */
function moduleWithHandler(issuer: TestIssuer, handle: (event: object) => void): DynamicModule {
  class Handler {
    @OnPropelAuthEvent('user.deleted')
    onDeleted(event: PropelAuthEvent<'user.deleted'>) {
      handle(event);
    }
  }
  class HandlerModule {}
  const webhooks = { ...issuer.moduleOptions.webhooks, path: '/webhooks' };
  return {
    module: HandlerModule,
    imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks })],
    providers: [Handler],
  };
}

async function listen(app: INestApplication): Promise<INestApplication> {
  app.setGlobalPrefix('prefix');
  await app.listen(0, '127.0.0.1');
  return app;
}

function isInstalled(name: string): boolean {
  return existsSync(join(process.cwd(), 'node_modules', name));
}

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
