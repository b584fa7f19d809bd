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
import { createEmulator, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { get } from './http.js';

const ALICE = { email: 'alice@example.com', orgs: [{ orgName: 'Acme Inc', role: 'Admin' }] };

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
  'has an emulator of PropelAuth for tests': async () => {
    const emulator = await createEmulator();
    const userId = emulator.addUser(ALICE);
    const imports = [PropelAuthModule.forRoot(emulator.issuer.moduleOptions)];
    const builder = overridePropelAuth(Test.createTestingModule({ imports }), { emulator });
    const api = (await builder.compile()).get(PropelAuthApi);
    equal((await api.fetchUserMetadataByEmail(ALICE.email))?.userId, userId);
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
  'runs with the emulator in another process': async (app) => {
    const emulator = await createEmulator();
    const { url: apiUrl } = await emulator.listen();
    const { authUrl, apiKey } = emulator.issuer;
    const Adapter = adapterOf(app);
    const moduleRef = await Test.createTestingModule({
      imports: [PropelAuthModule.forRoot({ authUrl, apiKey, apiUrl })],
      controllers: [ReportsController],
    }).compile();
    const running = await listen(moduleRef.createNestApplication(new Adapter(), { logger: false }));
    try {
      const Authorization = await emulator.issuer.authorization(ALICE);
      equal((await fetch(`${await running.getUrl()}/prefix/reports`)).status, 401);
      const response = await fetch(`${await running.getUrl()}/prefix/reports`, {
        headers: { Authorization },
      });
      equal(response.status, 200);
    } finally {
      await running.close();
      await emulator.close();
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
  const webhooks = { secret: issuer.webhookSecret, path: '/webhooks' };
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

function adapterOf(app: INestApplication): new () => AbstractHttpAdapter {
  return app.getHttpAdapter().constructor as new () => AbstractHttpAdapter;
}
