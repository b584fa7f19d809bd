import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import {
  All,
  Controller,
  Get,
  Injectable,
  Post,
  Version,
  VersioningType,
  type INestApplication,
  type ModuleMetadata,
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
} from 'nestjs-propelauth';
import {
  beforeTests,
  startApplication,
  type RunningApplication,
} from '../../support/application.js';
import { registerCleanup } from '../../support/clean-up.js';
import { issuer } from '../../support/guarded-application.js';
import { sendRaw } from '../../support/send-raw.js';
import { onlyFakeTimeouts, until } from '../../support/fake-timers.js';
import {
  created,
  deliver,
  PATH,
  send,
  startWithHandlers,
  webhooks,
  withResolvers,
} from './event-application.js';

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

class AppModule {}

/** Creates an application as production does. */
async function create(
  module: ModuleMetadata,
  adapter = createAdapter(),
): Promise<INestApplication> {
  const options = { logger: false, abortOnError: false } as const;
  const app = await NestFactory.create({ module: AppModule, ...module }, adapter, options);
  registerCleanup(() => app.close());
  return app;
}

const HEAD = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\n`;

/** The headers of Svix, as text, of a request whose body has to be read before it can be rejected. */
const svixHeaders = (secondsAgo = 0) =>
  `svix-id: msg_1\r\nsvix-timestamp: ${Math.floor(Date.now() / 1000) - secondsAgo}\r\n` +
  `svix-signature: v1,${'A'.repeat(43)}=\r\n`;

/** An event whose JSON has so many bytes. */
function eventOf(bytes: number): object {
  const length = Buffer.byteLength(JSON.stringify({ ...created, padding: '' }));
  return { ...created, padding: 'x'.repeat(bytes - length) };
}

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
    ['webhooks.maxBodyBytes, at most 1 MiB', 1_048_576, 1_048_576],
  ])(
    'accepts events of up to %s, and returns 413 for larger ones',
    async (_what, bytes, maxBodyBytes) => {
      const options = { webhooks: { ...webhooks, maxBodyBytes } };
      const limited = await startWithHandlers([Recorder], {}, options);
      expect(await send(limited, eventOf(bytes))).toBe(204);
      const larger = await deliver(limited, issuer.webhook(eventOf(bytes + 1)));
      expect(larger.status).toBe(413);
      expect(larger.headers.get('connection')).toBe('close');
      expect(received).toHaveLength(1);
    },
  );

  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  const long = 'Content-Length: 1000000000\r\n\r\n';
  const chunked = 'Transfer-Encoding: chunked\r\n\r\n';
  const expecting = 'Expect: 100-continue\r\n';
  const continued = 'HTTP/1.1 100 Continue\r\n\r\n';

  // None of these bodies ever ends. lib/propelauth/webhooks/propel-auth-webhooks.spec.ts has all headers whose body is not read.
  it.each([
    ['without the headers of Svix', long, 'HTTP/1.1 400 '],
    ['of unknown length, without the headers of Svix', chunked, 'HTTP/1.1 400 '],
    ['that may continue', expecting + long, `${continued}HTTP/1.1 400 `],
    ['of unknown length that may continue', expecting + chunked, `${continued}HTTP/1.1 400 `],
    ['that is too old', `${svixHeaders(400)}Content-Length: 100\r\n\r\n`, 'HTTP/1.1 400 '],
    ['that is too large', `${svixHeaders()}Content-Length: 65537\r\n\r\n`, 'HTTP/1.1 413 '],
    ['that becomes too large', svixHeaders() + chunked + chunk.repeat(2), 'HTTP/1.1 413 '],
  ])(
    'answers a request %s before its body arrives, and closes the connection',
    async (_what, rest, answered) => {
      const { text } = await sendRaw(application.url, HEAD + rest);
      expect(text.slice(0, answered.length)).toBe(answered);
      expect(text).toMatch(/^connection: close/im);
    },
  );

  it('returns 408 for a body that takes longer than 15 seconds, and closes the connection', async () => {
    onlyFakeTimeouts();
    const answer = sendRaw(application.url, `${HEAD}${svixHeaders()}Content-Length: 100\r\n\r\n{`);
    await until(() => jest.getTimerCount() > 0);
    jest.advanceTimersByTime(14_999);
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    jest.advanceTimersByTime(1);
    expect((await answer).status).toBe(408);
  });

  it('accepts further requests over a connection after a completed one without the headers of Svix', async () => {
    const { headers, body } = issuer.webhook(created);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = Buffer.byteLength(body);
    const unsigned = `${HEAD}Content-Length: ${length}\r\n\r\n${body}`;
    const signed = `${HEAD}${lines.join('')}Content-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;
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
    socket.write(`${HEAD}${svixHeaders()}Content-Length: 100\r\n\r\n{`, () => socket.destroy());
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
    const app = await create(metadata);
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

/** Initializes an application whose controller has a route. */
async function initWithRoute(path: string, adapter = createAdapter(), Route = Post): Promise<void> {
  @Controller()
  class OwnController {
    @Route(path)
    receive() {}
  }
  await (await create({ ...metadata, controllers: [OwnController] }, adapter)).init();
}

describe('An application with webhooks.path', () => {
  type Row = [string, string, (() => AbstractHttpAdapter)?, typeof Post?];

  const SAME: Row[] = [
    ['the same path', PATH],
    ['the same path, for all methods', PATH, createAdapter, All],
    ['a slash at its end', `${PATH}/`],
  ];

  const loose = { caseSensitive: false };
  const looseRouter = () => new FastifyAdapter({ routerOptions: loose });

  const SAME_IN_ANY_CASE: Row[] = isFastify
    ? [
        ['another case, by routerOptions', '/Webhooks/propelauth', looseRouter],
        ['another case and a slash, by routerOptions', `${PATH.toUpperCase()}/`, looseRouter],
        [
          'another case, by options',
          '/Webhooks/propelauth',
          () => new FastifyAdapter(loose as object),
        ],
        [
          'another case and a slash, by options',
          `${PATH.toUpperCase()}/`,
          () => new FastifyAdapter(loose as object),
        ],
      ]
    : [
        ['another case', '/Webhooks/propelauth'],
        ['another case and a slash', `${PATH.toUpperCase()}/`],
      ];

  it.each([...SAME, ...SAME_IN_ANY_CASE])(
    'fails to start if a route has %s',
    async (_what, path, adapter = createAdapter, Route = Post) => {
      const starting = initWithRoute(path, adapter(), Route);
      await expect(starting).rejects.toBeInstanceOf(PropelAuthConfigurationError);
      await expect(starting).rejects.toThrow(
        /OwnController\.receive .*: the package serves the same path for the option webhooks\.path/,
      );
    },
  );

  it('can have a route whose path is the same in another case, if the router distinguishes them', async () => {
    const strictExpress = express().enable('case sensitive routing');
    const adapter = isFastify ? new FastifyAdapter() : new ExpressAdapter(strictExpress);
    await expect(initWithRoute('/Webhooks/propelauth', adapter)).resolves.toBeUndefined();
  });

  it('can have a route of another method with the same path', async () => {
    @Controller('webhooks')
    class SamePathController {
      @Get('propelauth')
      show() {
        return {};
      }
    }
    const application = await startWithHandlers([Recorder], { controllers: [SamePathController] });
    expect((await fetch(application.url + PATH)).status).toBe(200);
    expect(await send(application, created)).toBe(204);
  });

  it('fails to start over an HTTP adapter other than Express and Fastify', async () => {
    class OtherAdapter extends ExpressAdapter {
      override getType() {
        return 'other';
      }
    }
    const app = await create(metadata, new OtherAdapter());
    await expect(app.init()).rejects.toThrow(/webhooks\.path needs the HTTP adapter of Express or/);
  });

  it('starts without HTTP', async () => {
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
