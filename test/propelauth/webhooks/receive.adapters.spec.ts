import { Controller, Inject, Injectable, Post, Req, Scope, type Provider } from '@nestjs/common';
import {
  PropelAuthConfigurationError,
  PropelAuthModule,
  PropelAuthWebhooks,
  Public,
  type WebhookRequest,
} from 'nestjs-propelauth';
import { failureOf, beforeTests, startApplication } from '../../support/application.js';
import { EventRecorder, received } from '../../support/event-recorder.js';
import { issuer } from '../../support/guarded-application.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { created, deliver, PATH, startWithOwnRoute } from './event-application.js';

beforeEach(() => void received.splice(0));

const accepted = { status: 204, headers: {}, body: undefined };

describe('PropelAuthWebhooks.receive()', () => {
  const application = beforeTests(() => startWithOwnRoute([EventRecorder]));
  const receive = (request: unknown) =>
    application.app.get(PropelAuthWebhooks).receive(request as WebhookRequest);

  it.each<[string, (headers: Record<string, string>, body: string) => WebhookRequest]>([
    [
      'headers of Node.js and a Buffer',
      (headers, body) => ({ headers, rawBody: Buffer.from(body) }),
    ],
    [
      'Headers of Fetch and text',
      (headers, rawBody) => ({ headers: new Headers(headers), rawBody }),
    ],
    [
      'a part of a larger buffer',
      (headers, body) => ({
        headers,
        rawBody: new TextEncoder().encode(`..${body}.`).subarray(2, -1),
      }),
    ],
  ])('takes %s, without a request', async (_what, requestOf) => {
    const { headers, body } = issuer.webhook(created);
    expect(await receive(requestOf({ ...headers }, body))).toEqual(accepted);
    expect(received).toEqual([created]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['no text', ''],
    ['no bytes', new Uint8Array()],
  ])('returns 400 for %s as a body', async (_what, rawBody) => {
    const { headers } = issuer.webhook(created);
    for (const each of [headers, new Headers(headers)]) {
      expect(await receive({ headers: each, rawBody })).toMatchObject({ status: 400 });
    }
  });

  it('returns 400 for headers that were sent several times', async () => {
    const { headers, body } = issuer.webhook(created);
    const { 'svix-id': id } = headers;
    const twice = new Headers(headers);
    twice.append('svix-id', id);
    for (const several of [twice, { ...headers, 'svix-id': [id, id] }]) {
      expect(await receive({ headers: several, rawBody: body })).toMatchObject({ status: 400 });
    }
    expect(received).toEqual([]);
  });

  it('returns JSON as text, with its type', async () => {
    const { headers, body } = await receive({ headers: {}, rawBody: '{}' });
    expect(headers).toEqual({ 'Content-Type': 'application/json; charset=utf-8' });
    expect(JSON.parse(String(body))).toMatchObject({ statusCode: 400 });
  });

  it.each([
    ['a parsed body', { headers: {}, rawBody: created }],
    ['a parsed list', { headers: {}, rawBody: [] }],
    ['a number', { headers: {}, rawBody: 7 }],
  ])('throws for %s, because the application has to pass the raw body', async (_what, request) => {
    await expect(receive(request)).rejects.toThrow(
      new TypeError(
        'PropelAuthWebhooks.receive() got a parsed body as rawBody, but the signature covers the raw bytes. Create the application with ' +
          'NestFactory.create(AppModule, { rawBody: true }), and pass request.rawBody instead of request.body.',
      ),
    );
  });

  it.each([[{}], [{ headers: null, rawBody: '' }], [{ headers: 'svix-id: 1', rawBody: '' }]])(
    'throws without headers: %j',
    async (request) => {
      await expect(receive(request)).rejects.toThrow(
        new TypeError(
          'PropelAuthWebhooks.receive() got no headers. Pass { headers: request.headers, rawBody: request.rawBody }.',
        ),
      );
    },
  );
});

it('receive() returns 503 before the application has started, so that events are sent again', async () => {
  const statuses: number[] = [];
  class Early {
    constructor(private readonly webhooks: PropelAuthWebhooks) {}

    async onModuleInit() {
      const { headers, body } = issuer.webhook(created);
      statuses.push((await this.webhooks.receive({ headers, rawBody: body })).status);
    }
  }
  const early = {
    provide: Early,
    inject: [PropelAuthWebhooks],
    useFactory: (webhooks: PropelAuthWebhooks) => new Early(webhooks),
  };
  await startWithOwnRoute([EventRecorder, early]);
  expect(statuses).toEqual([503]);
  expect(received).toEqual([]);
});

async function startWithoutRawBodies() {
  const application = await startWithOwnRoute([EventRecorder], {}, false);
  const logger = new RecordingLogger();
  application.app.useLogger(logger);
  return { application, logger };
}

describe('In an application without raw bodies, receive()', () => {
  it.each(['application/json', 'Application/JSON', 'application/json; charset=utf-8'])(
    'returns 500 for events, so that they are sent again, and logs one error: %s',
    async (type) => {
      const { application, logger } = await startWithoutRawBodies();
      const send = () => deliver(application, issuer.webhook(created), { 'content-type': type });
      expect((await send()).status).toBe(500);
      expect((await send()).status).toBe(500);
      expect(logger.of('error')).toEqual([expect.stringContaining('{ rawBody: true }')]);
      expect(received).toEqual([]);
    },
  );

  it('returns 400 for a request that is not an event, and logs nothing', async () => {
    const { application, logger } = await startWithoutRawBodies();
    const post = (init: RequestInit) => fetch(application.url + PATH, { method: 'POST', ...init });
    expect((await post({})).status).toBe(400);
    const headers = { 'content-type': 'application/json' };
    expect((await post({ headers, body: '{}' })).status).toBe(400);
    // Fastify has no parser for it.
    const text = await deliver(application, issuer.webhook(created), {
      'content-type': 'text/plain',
    });
    expect([400, 415]).toContain(text.status);
    expect(logger.of('error')).toEqual([]);
  });
});

describe("With webhooks.receive: 'own', startup", () => {
  const own = { secret: issuer.webhookSecret, receive: 'own' } as const;

  const start = (providers: Provider[], options: object = { webhooks: own }) =>
    startApplication({
      imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })],
      providers,
    });

  it.each([{}, { startupAudit: 'warn' }])(
    'fails if nothing injects PropelAuthWebhooks: %j',
    async (more) => {
      const failure = await failureOf(start([EventRecorder], { webhooks: own, ...more }));
      expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
      expect((failure as Error).message).toBe(
        "Events from PropelAuth cannot be handled:\n- webhooks.receive is 'own', but no provider or controller injects " +
          'PropelAuthWebhooks. Inject it where events arrive, such as in the controller of a @Public() route, and call receive() there; ' +
          'or replace receive by path, to have the package receive events.',
      );
    },
  );

  @Injectable()
  class Consumer {
    constructor(readonly webhooks: PropelAuthWebhooks) {}
  }

  @Injectable()
  class WithProperty {
    @Inject() readonly webhooks!: PropelAuthWebhooks;
  }

  @Injectable({ scope: Scope.REQUEST })
  class PerRequest extends Consumer {}

  it.each<[string, Provider]>([
    ['a provider', Consumer],
    ['a property of a provider', WithProperty],
    ['a request-scoped provider', PerRequest],
    ['a factory', { provide: 'hooks', inject: [PropelAuthWebhooks], useFactory: Object }],
  ])('passes if %s injects it', async (_what, provider) => {
    expect(await failureOf(start([provider]))).toBeUndefined();
  });

  it('fails if it is injected without the option webhooks', async () => {
    const failure = await failureOf(start([Consumer], {}));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toMatch(
      /PropelAuthWebhooks needs the option webhooks\. Set it to \{ secret, path \} or \{ secret, receive: 'own' \}, with the signing secret/,
    );
  });
});

it('A route with webhooks.path can receive events, too, and does not repeat finished handlers', async () => {
  @Controller('other')
  class OtherRoute {
    constructor(private readonly webhooks: PropelAuthWebhooks) {}

    @Post()
    @Public()
    async receive(@Req() { headers, rawBody }: WebhookRequest) {
      return { status: (await this.webhooks.receive({ headers, rawBody })).status };
    }
  }
  const webhooks = { secret: issuer.webhookSecret, path: PATH };
  const application = await startApplication(
    {
      imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks })],
      controllers: [OtherRoute],
      providers: [EventRecorder],
    },
    undefined,
    undefined,
    { rawBody: true },
  );
  const webhook = issuer.webhook(created);
  expect((await deliver(application, webhook)).status).toBe(204);
  expect(await (await deliver(application, webhook, {}, '/other')).json()).toEqual({ status: 204 });
  expect(received).toHaveLength(1);
});
