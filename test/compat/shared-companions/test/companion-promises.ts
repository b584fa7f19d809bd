// Not node:assert/strict: in Jest what comes from Node.js itself has other prototypes.
import { deepEqual, equal, match, rejects } from 'node:assert';
import { Injectable, Module, type INestApplication } from '@nestjs/common';
import { Processor, WorkerHost } from '@nestjs/bullmq';
import { CommandBus, CommandHandler, QueryBus } from '@nestjs/cqrs';
import { Cron, SchedulerRegistry } from '@nestjs/schedule';
import { EventEmitter2, OnEvent } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import type { Job } from 'bullmq';
import { Logger } from 'nestjs-pino';
import { RequireUser } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { CompanionsModule, LogLines, propelAuth } from '../src/companions.module.js';
import { LIMIT } from '../src/reports.controller.js';
import { CreateReport, Journal, ListReports, ReportsProcessor } from '../src/reports.handlers.js';
import { statusOf } from './board-promises.js';
import { get, listen } from './http.js';
import { accessToken, accessTokenOf, environment } from './issuer.js';

/** What Nest registers at BullMQ to be called with each job. */
interface RegisteredWorker {
  processFn(job: Pick<Job, 'name'>): Promise<unknown>;
}

const unauthorized = { message: 'Unauthorized', statusCode: 401, code: 'token_missing' };

export async function startCompanions(): Promise<INestApplication> {
  return start(CompanionsModule);
}

/** What holds in an application with the companions, by name. */
export const companionPromises: Record<string, (app: INestApplication) => Promise<void>> = {
  'requires a user for routes': async (app) => {
    deepEqual((await get(app, '/account')).body, unauthorized);
    deepEqual((await get(app, '/account', accessToken())).body, { userId: 'alice' });
  },
  '@nestjs/terminus: responds to everybody on a public health route': async (app) => {
    const { status, body } = await get(app, '/health');
    equal(status, 200);
    deepEqual((body as { details: object }).details, { propelauth: { status: 'up' } });
  },
  '@nestjs/cqrs and @nestjs/event-emitter: guards the route, and none of the handlers behind it':
    async (app) => {
      const entries = newEntries(app);
      deepEqual((await post(app, '/reports')).body, unauthorized);
      deepEqual(entries(), []);
      deepEqual((await post(app, '/reports', accessTokenOf('bob'))).body, { createdBy: 'bob' });
      deepEqual(entries(), ['command of bob', 'event of bob', 'listener for bob']);
    },
  '@nestjs/cqrs: calls handlers without a request': async (app) => {
    const entries = newEntries(app);
    await app.get(CommandBus).execute(new CreateReport('a job'));
    await app.get(QueryBus).execute(new ListReports());
    deepEqual(entries(), ['command of a job', 'event of a job', 'listener for a job', 'query']);
  },
  '@nestjs/event-emitter: calls listeners without a request': async (app) => {
    const entries = newEntries(app);
    await app.get(EventEmitter2).emitAsync('report.created', 'nobody');
    deepEqual(entries(), ['listener for nobody']);
  },
  '@nestjs/schedule: runs jobs': async (app) => {
    const entries = newEntries(app);
    await app.get(SchedulerRegistry).getCronJob('nightly').fireOnTick();
    deepEqual(entries(), ['cron job']);
  },
  '@nestjs/bullmq: calls processors': async (app) => {
    const entries = newEntries(app);
    const worker = app.get(ReportsProcessor).worker as unknown as RegisteredWorker;
    await worker.processFn({ name: 'monthly' });
    deepEqual(entries(), ['job monthly']);
  },
  '@nestjs/throttler: counts each user separately, and before the guard': async (app) => {
    for (const token of [accessTokenOf('carol'), accessTokenOf('dave')]) {
      deepEqual(await statuses(app, token), [200, 200, 429]);
    }
    deepEqual(await statuses(app), [401, 401, 429]);
  },
  '@bull-board/nestjs: opens the board for those whom its middleware lets through': async (app) => {
    equal(await statusOf(app, '/queues'), 401);
    equal(await statusOf(app, '/queues', accessToken('Member')), 403);
    equal(await statusOf(app, '/queues', accessToken('Admin')), 200);
    for (const path of ['/QUEUES', '/queues/', '/queues/api/queues', '/queues/static/js/main.js']) {
      equal(await statusOf(app, path), 401);
    }
  },
  'nestjs-pino: logs requests and this package without tokens': async (app) => {
    const { lines } = app.get(LogLines);
    lines.length = 0;
    const token = accessToken();
    await get(app, '/account', token);
    await get(app, '/account', `${token}x`, { cookie: `session=${token}`, 'x-api-key': token });
    const text = lines.join('');
    match(text, /"url":"\/account"/);
    match(text, /\[Redacted\]/);
    match(text, /"context":"PropelAuth"/);
    equal(text.includes(token), false);
    equal(text.includes(token.split('.')[2]), false);
  },
  'lists the routes of controllers alone, and none is open but the health check': async (app) => {
    expectAccess(app).toHaveNoOpenHandlers();
  },
};

/** What makes applications fail to start. */
export const startPromises: Record<string, () => Promise<void>> = {
  'fails to start with an access rule on a job, listener, processor or command handler':
    async () => {
      @Injectable()
      class Jobs {
        @Cron('0 3 * * *')
        @RequireUser()
        run() {}

        @OnEvent('report.created')
        @RequireUser()
        listen() {}
      }
      @Processor('reports')
      @RequireUser()
      class GuardedProcessor extends WorkerHost {
        async process() {}
      }
      @CommandHandler(CreateReport)
      @RequireUser()
      class GuardedCommandHandler {
        async execute() {}
      }
      @Module({
        imports: [propelAuth],
        providers: [Jobs, GuardedProcessor, GuardedCommandHandler],
      })
      class GuardedJobsModule {}

      await rejects(start(GuardedJobsModule), ({ message }: Error) => {
        for (const name of [
          'Jobs.run',
          'Jobs.listen',
          'GuardedProcessor',
          'GuardedCommandHandler',
        ]) {
          match(message, new RegExp(`${name}: @RequireUser\\(\\) has no effect`));
        }
        return true;
      });
    },
};

export async function start(module: new () => object): Promise<INestApplication> {
  Object.assign(process.env, environment);
  return listen(async () => {
    const moduleRef = await Test.createTestingModule({ imports: [module] }).compile();
    const app = moduleRef.createNestApplication({ bufferLogs: true });
    app.useLogger(module === CompanionsModule ? app.get(Logger) : false);
    return app;
  });
}

/** What the handlers write from now on. */
function newEntries(app: INestApplication): () => string[] {
  const { entries } = app.get(Journal);
  const { length } = entries;
  return () => entries.slice(length);
}

export async function post(app: INestApplication, path: string, token?: string, body?: object) {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const url = (await app.getUrl()) + path;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as unknown };
}

async function statuses(app: INestApplication, token?: string): Promise<number[]> {
  const answers: number[] = [];
  while (answers.length <= LIMIT) answers.push((await get(app, '/reports', token)).status);
  return answers;
}
