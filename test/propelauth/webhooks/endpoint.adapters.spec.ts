import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import {
  All,
  Controller,
  Get,
  Injectable,
  Post,
  Version,
  VersioningType,
  type INestApplication,
  type NestApplicationOptions,
} from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import express from 'express';
import supertest from 'supertest';
import {
  describeAccess,
  OnPropelAuthEvent,
  PropelAuthConfigurationError,
  PropelAuthModule,
  type PropelAuthEvent,
  type PropelAuthModuleOptions,
} from 'nestjs-propelauth';
import {
  beforeTests,
  failureOf,
  startApplication,
  type RunningApplication,
} from '../../support/application.js';
import { registerCleanup } from '../../support/clean-up.js';
import { issuer } from '../../support/guarded-application.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { sendRaw } from '../../support/send-raw.js';
import { onlyFakeTimeouts, until } from '../../support/fake-timers.js';
import { created, deliver, PATH, send, webhooks, withResolvers } from './event-application.js';

const received: PropelAuthEvent[] = [];

@Injectable()
class Recorder {
  @OnPropelAuthEvent()
  record(event: PropelAuthEvent) {
    received.push(event);
  }
}

@Controller('other')
class OtherController {
  @Post()
  @Version(['1', '2'])
  read() {
    return {};
  }
}

const forRoot = PropelAuthModule.forRoot({
  ...issuer.moduleOptions,
  webhooks,
  requireUserByDefault: true,
  debugMode: true,
});
const metadata = { imports: [forRoot], providers: [Recorder], controllers: [OtherController] };

function start(
  prepare?: (app: INestApplication) => void,
  options?: NestApplicationOptions,
): Promise<RunningApplication> {
  return startApplication(metadata, prepare, undefined, options);
}

const isFastify = globalThis.HTTP_ADAPTER === 'fastify';
const createAdapter = (): AbstractHttpAdapter =>
  isFastify ? new FastifyAdapter() : new ExpressAdapter();

const unsignedHead = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\n`;
const SIGNATURE = `v1,${'A'.repeat(43)}=`;
const secondsNow = () => Math.floor(Date.now() / 1000);
/** Of a request whose body has to be read before it can be rejected, unless other headers of Svix are given. */
const signedHead = (changed: Record<string, string | number> = {}) =>
  Object.entries({
    'svix-id': 'msg_1',
    'svix-timestamp': secondsNow(),
    'svix-signature': SIGNATURE,
    ...changed,
  }).reduce((head, [name, value]) => `${head}${name}: ${value}\r\n`, unsignedHead);

/** An event whose JSON has so many bytes. */
function eventOf(bytes: number): object {
  const length = Buffer.byteLength(JSON.stringify({ ...created, padding: '' }));
  return { ...created, padding: 'x'.repeat(bytes - length) };
}

const startWith = (options: PropelAuthModuleOptions['webhooks']) =>
  startApplication({
    imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks: options })],
    providers: [Recorder],
  });

beforeEach(() => void received.splice(0));

describe('webhooks.path', () => {
  const application = beforeTests(() => start());

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('returns 404 for %s', async (method) => {
    expect((await fetch(application.url + PATH, { method })).status).toBe(404);
  });

  it('does not depend on the content type, because the signature decides', async () => {
    for (const type of [
      'text/plain',
      'application/octet-stream',
      'application/json; charset=utf-8',
    ]) {
      const webhook = issuer.webhook(created);
      expect((await deliver(application, webhook, { 'content-type': type })).status).toBe(204);
    }
    expect(received).toEqual([created, created, created]);
  });

  it.each([
    ['64 KiB by default', 65_536, undefined],
    ['webhooks.maxBodyBytes', 2_000, 2_000],
    ['webhooks.maxBodyBytes, at most 1 MiB', 1_048_576, 1_048_576],
  ])(
    'accepts events of up to %s, and returns 413 for larger ones',
    async (_what, bytes, maxBodyBytes) => {
      const limited = await startWith({ ...webhooks, maxBodyBytes });
      expect(await send(limited, eventOf(bytes))).toBe(204);
      const larger = await deliver(limited, issuer.webhook(eventOf(bytes + 1)));
      expect(larger.status).toBe(413);
      expect(larger.headers.get('connection')).toBe('close');
      expect(received).toHaveLength(1);
    },
  );

  it('returns 413 for a body whose Content-Length is too large, without reading it', async () => {
    const head = `${signedHead()}Content-Length: 65537\r\n\r\n`;
    const { status, text } = await sendRaw(application.url, head);
    expect(status).toBe(413);
    expect(text).toMatch(/^connection: close/im);
  });

  it.each<[string, Record<string, string | number>]>([
    ['is older than five minutes', { 'svix-timestamp': secondsNow() - 400 }],
    ['is more than five minutes ahead', { 'svix-timestamp': secondsNow() + 400 }],
    ['is not a number', { 'svix-timestamp': 'now' }],
    ['is not the signature of a secret', { 'svix-signature': 'v1,x' }],
    ['is a signature of another version', { 'svix-signature': SIGNATURE.replace('v1', 'v2') }],
    ['is an empty id', { 'svix-id': '' }],
  ])('returns 400 without reading the body if a header of Svix %s', async (_what, changed) => {
    const head = `${signedHead(changed)}Content-Length: 100\r\n\r\n`;
    const { status, text } = await sendRaw(application.url, head);
    expect(status).toBe(400);
    expect(text).toMatch(/^connection: close/im);
  });

  it('returns 413 for a body without a length once it is too large, and stops reading', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const head = `${signedHead()}Transfer-Encoding: chunked\r\n\r\n`;
    // The last chunk, which ends a body, is never sent.
    const { status } = await sendRaw(application.url, head + chunk.repeat(2));
    expect(status).toBe(413);
  });

  it('returns 408 for a body that takes longer than 15 seconds, and closes the connection', async () => {
    onlyFakeTimeouts();
    const answer = sendRaw(application.url, `${signedHead()}Content-Length: 100\r\n\r\n{`);
    await until(() => jest.getTimerCount() > 0);
    jest.advanceTimersByTime(14_999);
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    jest.advanceTimersByTime(1);
    expect((await answer).status).toBe(408);
  });

  it.each([
    ['', 'HTTP/1.1 400 '],
    ['Expect: 100-continue\r\n', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 '],
  ])(
    'returns 400 for a request without the headers of Svix before its body arrives, and closes the connection: %j',
    async (expectation, answered) => {
      for (const length of ['Content-Length: 1000000000', 'Transfer-Encoding: chunked']) {
        const head = `${unsignedHead}${expectation}${length}\r\n\r\n`;
        const { text } = await sendRaw(application.url, head);
        expect(text.slice(0, answered.length)).toBe(answered);
        expect(text).toMatch(/^connection: close/im);
      }
    },
  );

  it('accepts further requests over a connection after a completed one without the headers of Svix', async () => {
    const { headers, body } = issuer.webhook(created);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = Buffer.byteLength(body);
    const unsigned = `${unsignedHead}Content-Length: ${length}\r\n\r\n${body}`;
    const signed = `${unsignedHead}${lines.join('')}Content-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;
    const { text } = await sendRaw(application.url, unsigned + unsigned + signed);
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual([
      'HTTP/1.1 400',
      'HTTP/1.1 400',
      'HTTP/1.1 204',
    ]);
    expect(received).toEqual([created]);
  });

  it('continues if a sender disconnects in the middle of a body', async () => {
    const { port } = new URL(application.url);
    const socket = connect(Number(port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`${signedHead()}Content-Length: 100\r\n\r\n{`, () => socket.destroy());
    await closed;
    expect(await send(application, created)).toBe(204);
  });

  it('is listed neither in OpenAPI documents nor in describeAccess()', () => {
    const { app } = application;
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    expect(JSON.stringify(document.paths)).not.toContain(PATH);
    expect(JSON.stringify(describeAccess(app))).not.toContain(PATH);
  });
});

describe('webhooks.path gets the raw body and its own path', () => {
  type Case = [string, ((app: INestApplication) => void) | undefined, NestApplicationOptions];

  // Fastify runs middleware in a hook, before any route.
  const rejectedByMiddleware: Case = [
    'with middleware that rejects every request',
    (app) => app.use((_: unknown, response: express.Response) => response.status(418).end()),
    {},
  ];

  const useText = (app: INestApplication) => {
    if (isFastify) {
      app
        .getHttpAdapter()
        .useBodyParser?.(
          '*',
          false,
          undefined,
          (_request: unknown, _body: unknown, done: (error: null) => void) => done(null),
        );
    } else (app as NestExpressApplication).useBodyParser('text', { type: '*/*' });
  };

  it.each<Case>([
    ['with rawBody: true', undefined, { rawBody: true }],
    ['with bodyParser: false', undefined, { bodyParser: false }],
    ['with a body parser for all types', useText, {}],
    ['with a small limit of the body parser', (app) => useLimit(app, 10), {}],
    ['with a global prefix', (app) => void app.setGlobalPrefix('api'), {}],
    [
      'with versions in the path',
      (app) => void app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
      {},
    ],
    [
      'with versions in a header',
      (app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
      {},
    ],
    ['with CORS', (app) => app.enableCors(), {}],
    ...(isFastify ? [] : [rejectedByMiddleware]),
  ])('%s', async (_how, prepare, options) => {
    const application = await start(prepare, options);
    const webhook = issuer.webhook(created);
    const { status } = await deliver(application, webhook, { 'x-version': '7' });
    expect(status).toBe(204);
    expect(received).toEqual([created]);
  });

  function useLimit(app: INestApplication, limit: number) {
    if (isFastify)
      app.getHttpAdapter().useBodyParser?.('application/json', false, { bodyLimit: limit });
    else (app as NestExpressApplication).useBodyParser('json', { limit });
  }

  it('in an application of NestFactory.create()', async () => {
    class AppModule {}
    const app = await NestFactory.create({ module: AppModule, ...metadata }, createAdapter(), {
      logger: false,
      abortOnError: false,
    });
    registerCleanup(() => app.close());
    await app.listen(0, '127.0.0.1');
    expect(await send({ url: await app.getUrl() }, created)).toBe(204);
    expect(received).toEqual([created]);
  });

  it('without changing the parsers of other routes', async () => {
    const application = await start();
    const text = await fetch(`${application.url}/other`, {
      method: 'POST',
      headers: { ...(await authorization()), 'content-type': 'text/csv' },
      body: 'a,b',
    });
    expect(text.status).toBe(isFastify ? 415 : 201);
  });
});

const authorization = async () => ({ authorization: await issuer.authorization({}) });

/** Initializes an application with a POST route. */
async function initWithRoute(path: string, adapter: AbstractHttpAdapter): Promise<void> {
  @Controller()
  class OwnController {
    @Post(path)
    receive() {}
  }
  class AppModule {}
  const app = await NestFactory.create(
    { module: AppModule, ...metadata, controllers: [OwnController] },
    adapter,
    { logger: false, abortOnError: false },
  );
  registerCleanup(() => app.close());
  await app.init();
}

const caseSensitiveExpress = () => new ExpressAdapter(express().enable('case sensitive routing'));

describe('An application with webhooks.path', () => {
  it.each([Post, All])('fails to start if a route has the same path', async (Route) => {
    @Controller('webhooks')
    class SamePathController {
      @Route('propelauth')
      receive() {}
    }
    const failure = await failureOf(
      startApplication({ ...metadata, controllers: [SamePathController] }),
    );
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toMatch(
      /SamePathController\.receive .*the package serves the same path for the option webhooks\.path/,
    );
  });

  describe('compares paths as the router does', () => {
    const looseOptions = { caseSensitive: false };

    const same: [string, () => AbstractHttpAdapter][] = isFastify
      ? [
          ['with routerOptions', () => new FastifyAdapter({ routerOptions: looseOptions })],
          ['with options', () => new FastifyAdapter(looseOptions as object)],
        ]
      : [['by default', () => new ExpressAdapter()]];
    const distinct: [string, () => AbstractHttpAdapter][] = isFastify
      ? [['by default', () => new FastifyAdapter()]]
      : [['with case-sensitive routing', caseSensitiveExpress]];

    it.each(same)('%s: in any case', async (_how, adapter) => {
      for (const path of ['/Webhooks/propelauth', `${PATH.toUpperCase()}/`]) {
        await expect(initWithRoute(path, adapter())).rejects.toThrow(
          /OwnController\.receive .*: the package serves the same path for the option webhooks\.path/,
        );
      }
    });

    it.each(distinct)('%s: case-sensitively', async (_how, adapter) => {
      const starting = initWithRoute('/Webhooks/propelauth', adapter());
      await expect(starting).resolves.toBeUndefined();
    });

    it('without a trailing slash', async () => {
      const starting = initWithRoute(`${PATH}/`, createAdapter());
      await expect(starting).rejects.toThrow(
        /the package serves the same path for the option webhooks\.path/,
      );
    });
  });

  it('can have a route of another method with the same path', async () => {
    @Controller('webhooks')
    class SamePathController {
      @Get('propelauth')
      show() {
        return {};
      }
    }
    const application = await startApplication({
      ...metadata,
      imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks })],
      controllers: [SamePathController],
    });
    expect((await fetch(application.url + PATH)).status).toBe(200);
    expect(await send(application, created)).toBe(204);
  });

  it('fails to start over an HTTP adapter other than Express and Fastify', async () => {
    class OtherAdapter extends ExpressAdapter {
      override getType() {
        return 'other';
      }
    }
    class AppModule {}
    const app = await NestFactory.create({ module: AppModule, ...metadata }, new OtherAdapter(), {
      logger: false,
      abortOnError: false,
    });
    registerCleanup(() => app.close());
    await expect(app.init()).rejects.toThrow(/webhooks\.path needs the HTTP adapter of Express or/);
  });

  it('starts without HTTP', async () => {
    class AppModule {}
    const context = await NestFactory.createApplicationContext(
      { module: AppModule, imports: [forRoot], providers: [Recorder] },
      { logger: false, abortOnError: false },
    );
    expect(context.get(Recorder)).toBeInstanceOf(Recorder);
    await context.close();
  });

  it('waits for handlers before it calls onApplicationShutdown(), even if the sender has disconnected', async () => {
    const releases = [withResolvers(), withResolvers()];
    const calls: string[] = [];
    class Slow {
      private count = 0;

      @OnPropelAuthEvent()
      async handle() {
        const release = releases[this.count++]?.promise;
        calls.push('started');
        await release;
        calls.push('finished');
      }

      onApplicationShutdown() {
        calls.push('shutdown');
      }
    }
    const application = await startApplication({ ...metadata, providers: [Slow] });
    const sendAndHangUp = async (count: number) => {
      const { headers, body } = issuer.webhook(created);
      const sending = httpRequest(application.url + PATH, { method: 'POST', headers });
      const failed = once(sending, 'error');
      sending.end(body);
      await until(() => calls.filter((call) => call === 'started').length === count);
      sending.destroy(new Error('hung up'));
      await failed;
    };
    await sendAndHangUp(1);
    const closing = application.close();
    await sendAndHangUp(2);
    releases[0]?.resolve();
    await until(() => calls.length === 3);
    // It still listens, and would not if it waited for the first alone.
    await supertest(application.url).post(PATH).expect(400);
    expect(calls).toEqual(['started', 'started', 'finished']);
    releases[1]?.resolve();
    await closing;
    expect(calls).toEqual(['started', 'started', 'finished', 'finished', 'shutdown']);
  });
});

/** Starts the application on a server of Express's own, which has a parser. */
async function startOn(parser: express.RequestHandler) {
  const server = express().use(parser);
  class AppModule {}
  const app = await NestFactory.create(
    { module: AppModule, ...metadata },
    new ExpressAdapter(server),
    { logger: false, abortOnError: false },
  );
  registerCleanup(() => app.close());
  await app.listen(0, '127.0.0.1');
  const logger = new RecordingLogger();
  app.useLogger(logger);
  return { url: await app.getUrl(), logger };
}

(isFastify ? describe.skip : describe)(
  'On a server that has parsed the body before Nest, webhooks.path',
  () => {
    it('returns 500, so that the event is sent again, and logs one error', async () => {
      const { url, logger } = await startOn(express.json());
      expect(await send({ url }, created)).toBe(500);
      expect(await send({ url }, created)).toBe(500);
      expect(logger.of('error')).toEqual([
        expect.stringContaining('has to keep them as request.rawBody'),
      ]);
    });

    it('accepts the event if the server keeps the raw body', async () => {
      const { url } = await startOn(
        express.json({
          verify: (request, _response, body) => void Object.assign(request, { rawBody: body }),
        }),
      );
      expect(await send({ url }, created)).toBe(204);
    });
  },
);

// Fastify itself ignores a second answer.
(isFastify ? describe.skip : describe)(
  'On a server that later responds to a request itself, webhooks.path',
  () => {
    it('does not respond again, because the error would end the process', async () => {
      const { url } = await startOn((_request, response, next) => {
        next();
        response.sendStatus(503);
      });
      expect(await send({ url }, created)).toBe(503);
      await until(() => received.length > 0);
      await new Promise((resolve) => setImmediate(resolve));
    });
  },
);

(isFastify ? describe.skip : describe)(
  'On a server whose middleware fails to send responses, webhooks.path',
  () => {
    it('returns 500 through the error handler of Express, because the error would end the process', async () => {
      const { url } = await startOn((_request, response, next) => {
        response.send = () => {
          throw new Error('cannot be sent');
        };
        next();
      });
      expect((await fetch(url + PATH, { method: 'POST' })).status).toBe(500);
    });
  },
);

(isFastify ? describe.skip : describe)(
  'On a server that listens before the application has started, webhooks.path',
  () => {
    it('returns 503, so that events are sent again once all handlers exist', async () => {
      const handled: PropelAuthEvent[] = [];
      class Handlers {
        @OnPropelAuthEvent()
        handle(event: PropelAuthEvent) {
          handled.push(event);
        }
      }
      const creating = withResolvers<Handlers>();
      const server = express();
      const listening = server.listen(0, '127.0.0.1');
      registerCleanup(() => void listening.close());
      await once(listening, 'listening');
      const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
      class AppModule {}
      const late = { provide: 'late', useFactory: () => creating.promise };
      const starting = NestFactory.create(
        { module: AppModule, imports: [forRoot], providers: [late] },
        new ExpressAdapter(server),
        { logger: false, abortOnError: false },
      );
      let early = 404;
      // The route is there before the handlers.
      while (early === 404) early = await send({ url }, created, 'msg_1');
      expect(early).toBe(503);
      creating.resolve(new Handlers());
      const app = await starting;
      registerCleanup(() => app.close());
      expect(await send({ url }, created, 'msg_1')).toBe(503);
      await app.init();
      expect(await send({ url }, created, 'msg_1')).toBe(204);
      expect(handled).toEqual([created]);
    });
  },
);
