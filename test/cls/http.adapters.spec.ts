import { Agent, get as httpGet } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Param,
  Sse,
  StreamableFile,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type MiddlewareConsumer,
  type NestInterceptor,
  type NestModule,
  type PipeTransform,
} from '@nestjs/common';
import { ClsInterceptor, ClsModule, UseCls } from 'nestjs-cls';
import {
  OptionalUser,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { CallerContext, PropelAuthClsPlugin } from 'nestjs-propelauth/cls';
import { concatMap, map, Observable, of, Subject, take, timer } from 'rxjs';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { Backend } from '../support/backend.js';
import { registerCleanup } from '../support/clean-up.js';
import { until } from '../support/fake-timers.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { EventStreamClient } from '../support/event-stream-client.js';
import { ACME_ID, alice, bob, headersOf } from '../support/project.js';
import { orgKeyOfMember } from '../callers/api-key/api-keys.js';
import {
  addHandlers,
  clsModule,
  everywhere,
  inWords,
  MOUNTS,
  PLACES,
  ReportsService,
} from './places.js';

/** What runs before the caller is known finds, by its name. */
let early: Record<string, string> = {};

@Injectable()
class EarlyGuard implements CanActivate {
  constructor(private readonly caller: CallerContext) {}

  canActivate(): boolean {
    early['guard'] = inWords(this.caller);
    return true;
  }
}

@Injectable()
class ReadingInterceptor implements NestInterceptor {
  constructor(private readonly caller: CallerContext) {}

  intercept(_context: unknown, next: CallHandler) {
    early['interceptor'] = inWords(this.caller);
    return next.handle();
  }
}

@Injectable()
class ReadingPipe implements PipeTransform {
  constructor(private readonly caller: CallerContext) {}

  transform(value: unknown) {
    early['pipe'] = inWords(this.caller);
    return value;
  }
}

@Controller()
@UseGuards(EarlyGuard)
@UseInterceptors(ReadingInterceptor)
class ReportsController {
  constructor(
    readonly service: ReportsService,
    private readonly caller: CallerContext,
  ) {}

  @Get('orgs/:orgId/reports')
  @RequireOrgMember()
  ofOrg(@Param('orgId', ReadingPipe) _orgId: string) {
    return this.service.places();
  }

  @Get('fails/:how')
  @RequireUser()
  async fails(@Param('how') how: string) {
    if (how === 'later') await Promise.resolve();
    throw new Error('The disk is full');
  }

  @Sse('stream')
  @RequireUser()
  stream() {
    return timer(0, 1).pipe(
      take(5),
      concatMap(async () => ({ data: await this.service.places() })),
    );
  }

  @Sse('source')
  @RequireUser()
  source() {
    return new Observable<{ data: string }>((subscriber) => {
      const next = () => subscriber.next({ data: inWords(this.caller) });
      next();
      setTimeout(() => {
        next();
        subscriber.complete();
      }, 0);
    });
  }

  @Get('observable')
  @RequireUser()
  observable() {
    return of(1).pipe(concatMap(() => this.service.places()));
  }
}

const ofUser = RequireUser();
const useCls = UseCls() as MethodDecorator;
addHandlers(ReportsController, {
  mine: [Get('mine'), RequireUserOrApiKey()],
  optional: [Get('optional'), OptionalUser()],
  public: [Get('public'), Public()],
  unruled: [Get('unruled')],
  useClsInside: [Get('use-cls-inside'), ofUser, useCls],
  useClsOutside: [useCls, Get('use-cls-outside'), ofUser],
  interceptorInside: [Get('cls-interceptor-inside'), ofUser, UseInterceptors(ClsInterceptor)],
  interceptorOutside: [UseInterceptors(ClsInterceptor), Get('cls-interceptor-outside'), ofUser],
});

@Module({ controllers: [ReportsController], providers: PLACES })
class ReportsModule implements NestModule {
  constructor(private readonly caller: CallerContext) {}

  configure(consumer: MiddlewareConsumer) {
    consumer
      .apply((_request: unknown, _response: unknown, next: () => void) => {
        early = { middleware: inWords(this.caller) };
        next();
      })
      .forRoutes(ReportsController);
  }
}

const backend = await Backend.start();
const API_KEY = 'key-of-alice';
const scriptOfAlice = `api-key ${orgKeyOfMember.user.user_id}`;

function start(mount: keyof typeof MOUNTS = 'none'): Promise<RunningApplication> {
  return startGuarded({ imports: [clsModule(MOUNTS[mount]), ReportsModule] });
}

async function ask({ url }: RunningApplication, path: string, user = alice): Promise<unknown> {
  const headers = await headersOf(issuer, user);
  return (await request(url).get(path).set(headers).expect(200)).body as unknown;
}

const aliceInAcme = `user ${alice.userId} in ${ACME_ID}`;
const justAlice = `user ${alice.userId}`;
const justBob = `user ${bob.userId}`;

const ofAlice = await headersOf(issuer, alice);

describe.each(Object.keys(MOUNTS) as (keyof typeof MOUNTS)[])(
  'CallerContext, with nestjs-cls mounted as %s,',
  (mount) => {
    let application: RunningApplication;
    beforeAll(async () => (application = await start(mount)));

    it.each<[path: string, headers: Record<string, string>, caller: string]>([
      [`/orgs/${ACME_ID}/reports`, ofAlice, aliceInAcme],
      ['/mine', { 'X-API-Key': API_KEY }, scriptOfAlice],
      ['/optional', {}, 'nobody'],
      ['/public', {}, 'nobody'],
      ['/unruled', {}, 'nobody'],
      // No rule has checked their token.
      ['/public', ofAlice, 'nobody'],
      ['/unruled', ofAlice, 'nobody'],
      ['/use-cls-inside', ofAlice, justAlice],
      ['/use-cls-outside', ofAlice, justAlice],
      ['/cls-interceptor-inside', ofAlice, justAlice],
      ['/cls-interceptor-outside', ofAlice, justAlice],
      ['/observable', ofAlice, justAlice],
    ])(
      'is whom the rules of %s have checked, wherever the request goes: %#',
      async (path, headers, caller) => {
        backend.apiKeys.set(API_KEY, { status: 200, body: orgKeyOfMember });
        const { body } = await request(application.url).get(path).set(headers).expect(200);
        expect(body).toEqual(everywhere(caller));
      },
    );

    it('is available in pipes and in interceptors of classes, but not yet in guards and middleware', async () => {
      await ask(application, `/orgs/${ACME_ID}/reports`);
      expect(early).toEqual({
        middleware: 'outside',
        guard: 'outside',
        interceptor: aliceInAcme,
        pipe: aliceInAcme,
      });
    });

    it('does not leak into the middleware, guard or public handler of the next request on a connection', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      registerCleanup(() => agent.destroy());
      const connections = new Set<unknown>();
      const send = (path: string, sent = {}) =>
        new Promise<unknown>((resolve, reject) => {
          const sending = httpGet(application.url + path, { agent, headers: sent }, (response) => {
            connections.add(response.socket);
            json(response).then(resolve, reject);
          });
          sending.on('error', reject);
        });
      for (const path of ['/mine', '/fails/now', '/fails/later', `/orgs/${ACME_ID}/reports`]) {
        await send(path, ofAlice);
        expect(await send('/public')).toEqual(everywhere('nobody'));
        expect(early).toEqual({ middleware: 'outside', guard: 'outside', interceptor: 'nobody' });
      }
      expect(connections.size).toBe(1);
    });

    it('stays the user in each event of a stream', async () => {
      const clients = await Promise.all(
        [alice, bob].map((user) =>
          EventStreamClient.open(`${application.url}/stream`, () => headersOf(issuer, user)),
        ),
      );
      for (const [index, caller] of [justAlice, justBob].entries()) {
        const events = (await clients[index]!.received(5)).map(
          (event) => JSON.parse(event) as object,
        );
        expect(events).toEqual(Array(5).fill(everywhere(caller)));
      }
    });

    it('is the user in the source of a stream that starts when Nest subscribes to it', async () => {
      const client = await EventStreamClient.open(`${application.url}/source`, () =>
        headersOf(issuer, alice),
      );
      expect(await client.received(2)).toEqual([justAlice, justAlice]);
    });
  },
);

const propelAuth = () => PropelAuthModule.forRoot({ ...issuer.moduleOptions });
const forRootAsync = () =>
  ClsModule.forRootAsync({
    global: true,
    plugins: [new PropelAuthClsPlugin()],
    useFactory: () => ({ middleware: { mount: true } }),
  });

describe('PropelAuthClsPlugin', () => {
  it.each([
    ['forRoot() before PropelAuthModule', () => [clsModule(), propelAuth(), ReportsModule]],
    ['forRoot() after all other modules', () => [propelAuth(), ReportsModule, clsModule()]],
    ['forRootAsync() before PropelAuthModule', () => [forRootAsync(), propelAuth(), ReportsModule]],
    ['forRootAsync() after all other modules', () => [propelAuth(), ReportsModule, forRootAsync()]],
  ])('works with %s', async (_how, imports) => {
    const application = await startApplication({ imports: imports() });
    expect(await ask(application, '/mine')).toEqual(everywhere(justAlice));
  });

  it('separates the callers of two applications in one process', async () => {
    const [one, other] = [await start(), await start('middleware')];
    const answers = await Promise.all([
      ask(one, '/use-cls-inside'),
      ask(other, '/use-cls-inside', bob),
      ask(one, '/public'),
    ]);
    expect(answers).toEqual([everywhere(justAlice), everywhere(justBob), everywhere('nobody')]);
  });

  it('preserves the caller of a request in resources that the request creates lazily', async () => {
    const application = await startGuarded({
      imports: [clsModule()],
      controllers: [LazyController],
      providers: PLACES,
    });
    await ask(application, '/lazy');
    expect(await ask(application, '/lazy', bob)).toEqual({
      lazily: justAlice,
      bound: justBob,
    });
  });
});

describe('CallerContext in a response that outlives the handler', () => {
  let application: RunningApplication;
  beforeAll(async () => {
    application = await startGuarded({
      imports: [clsModule()],
      controllers: [PublishingController],
    });
  });

  it('is the emitter, not the caller of the stream, in the operators of a stream', async () => {
    const { published } = PublishingController;
    const client = await EventStreamClient.open(`${application.url}/published`, () =>
      headersOf(issuer, alice),
    );
    await until(() => published.observed);
    await ask(application, '/publish', bob);
    expect(await client.received(1)).toEqual([`read before: ${justAlice}, in map(): ${justBob}`]);
  });

  it('throws in the body of a file, which Nest reads after the handler', async () => {
    const headers = await headersOf(issuer, alice);
    const { body } = await request(application.url).get('/file').set(headers).buffer().expect(200);
    expect(String(body)).toBe(`read before: ${justAlice}, in the body: outside`);
  });
});

@Controller()
class PublishingController {
  static readonly published = new Subject<void>();

  constructor(private readonly caller: CallerContext) {}

  @Sse('published')
  @RequireUser()
  stream() {
    const before = inWords(this.caller);
    const data = () => `read before: ${before}, in map(): ${inWords(this.caller)}`;
    return PublishingController.published.pipe(map(() => ({ data: data() })));
  }

  @Get('publish')
  @RequireUser()
  publish() {
    PublishingController.published.next();
    return {};
  }

  @Get('file')
  @RequireUser()
  file() {
    const { caller } = this;
    const before = inWords(caller);
    const body = async function* () {
      yield `read before: ${before}, in the body: ${inWords(caller)}`;
    };
    return new StreamableFile(Readable.from(body()));
  }
}

/** A connection that the first request opens: its callbacks run as that request. */
@Controller()
class LazyController {
  private static ticks: ((callback: () => void) => void) | undefined;

  constructor(private readonly caller: CallerContext) {}

  @Get('lazy')
  @RequireUser()
  async show() {
    LazyController.ticks ??= lazyConnection();
    const { ticks } = LazyController;
    const lazily = await new Promise((resolve) => ticks(() => resolve(inWords(this.caller))));
    return { lazily, bound: inWords(this.caller) };
  }
}

/** Answers in the callback of one timer for all. */
function lazyConnection(): (callback: () => void) => void {
  const waiting: (() => void)[] = [];
  const interval = setInterval(() => waiting.splice(0).forEach((callback) => callback()), 1);
  registerCleanup(() => clearInterval(interval));
  return (callback) => void waiting.push(callback);
}
