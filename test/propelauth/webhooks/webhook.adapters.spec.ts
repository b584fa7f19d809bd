import { createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { All, Body, Controller, Get, Headers, Post, type Type } from '@nestjs/common';
import {
  PropelAuthConfigurationError,
  PropelAuthModule,
  PropelAuthWebhook,
  RequireUser,
  WebhookEvent,
  type AccessDecisionEvent,
  type PropelAuthEvent,
} from 'nestjs-propelauth';
import { Webhook } from 'svix';
import { WebhookVerifier } from '../../../lib/propelauth/webhooks/webhook-verifier.js';
import {
  beforeTests,
  failureOf,
  startApplication,
  type RunningApplication,
} from '../../support/application.js';
import { issuer, request } from '../../support/guarded-application.js';
import { alice } from '../../support/project.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { sendRaw } from '../../support/send-raw.js';

const secrets = [newSecret(), newSecret()] as const;
const events: AccessDecisionEvent[] = [];

function newSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

@Controller()
@RequireUser()
class EventsController {
  @Post('webhooks/propelauth')
  @PropelAuthWebhook()
  receive(
    @WebhookEvent() event: PropelAuthEvent,
    @WebhookEvent('event_type') type: string,
    @Headers('svix-id') id: string,
    @Body() body: unknown,
  ) {
    return { event, type, id, body };
  }

  @Get('protected')
  protected() {
    return {};
  }
}

const created = { event_type: 'user.created', user_id: 'user-zoë', email: 'zoë@example.com' };

interface Delivery {
  secret?: string;
  at?: Date;
  payload?: string;
  headers?: Record<string, string>;
}

/** A delivery as Svix sends it. */
function deliver({ url }: RunningApplication, delivery: Delivery = {}) {
  const { secret = secrets[0], at = new Date(), payload = JSON.stringify(created) } = delivery;
  return request(url)
    .post('/webhooks/propelauth')
    .set('content-type', 'application/json')
    .set('svix-id', 'msg_1')
    .set('svix-timestamp', String(Math.floor(at.getTime() / 1000)))
    .set('svix-signature', new Webhook(secret).sign('msg_1', at, payload))
    .set(delivery.headers ?? {})
    .send(payload);
}

const secondsNow = () => Math.floor(Date.now() / 1000);
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

describe('@PropelAuthWebhook()', () => {
  const application = beforeTests(() =>
    startApplication(
      {
        imports: [
          PropelAuthModule.forRoot({
            ...issuer.moduleOptions,
            webhooks: { secret: [...secrets] },
            requireUserByDefault: true,
            debugMode: true,
            onDecision: (event) => events.push(event),
          }),
        ],
        controllers: [EventsController],
      },
      () => {},
      undefined,
      { rawBody: true },
    ),
  );

  beforeEach(() => void events.splice(0));

  it('accepts an event that PropelAuth has signed, without a user', async () => {
    const { body } = await deliver(application).expect(201);
    expect(body).toEqual({ event: created, type: 'user.created', id: 'msg_1', body: created });
    expect(events).toMatchObject([{ allowed: true, credential: 'webhook-signature' }]);
  });

  it('accepts any of several secrets', async () => {
    expect((await deliver(application, { secret: secrets[1] })).status).toBe(201);
  });

  it('parses the event from the signed bytes, in any formatting', async () => {
    const payload = `{ "event_type" : "org.created",\n  "org_id": "o\\u0031" }`;
    const { body } = await deliver(application, { payload }).expect(201);
    expect(body.event).toEqual({ event_type: 'org.created', org_id: 'o1' });
  });

  it.each<[string, Delivery]>([
    ['signed with another secret', { secret: newSecret() }],
    ['six minutes old', { at: minutesAgo(6) }],
    ['dated six minutes ahead', { at: minutesAgo(-6) }],
    ['without a signature', { headers: { 'svix-signature': '' } }],
    ['with an empty list of signatures', { headers: { 'svix-signature': 'v1,' } }],
    ['with a signature of another version', { headers: { 'svix-signature': 'v2,AAAA' } }],
    ['with another id', { headers: { 'svix-id': 'msg_2' } }],
    ['with another time', { headers: { 'svix-timestamp': '1' } }],
    ['without a time', { headers: { 'svix-timestamp': 'now' } }],
    ['with text after its time', { headers: { 'svix-timestamp': `${secondsNow()}, 1` } }],
    ['that is not an object', { payload: '"user.created"' }],
    ['that is null', { payload: 'null' }],
    ['that is not JSON', { payload: '{' }],
    ['that is empty', { payload: '' }],
    ['without a type', { payload: '{"user_id":"alice"}' }],
    ['with a type that is not a string', { payload: '{"event_type":7}' }],
  ])('returns 400 for an event %s', async (_what, delivery) => {
    const { body } = await deliver(application, delivery);
    expect(body).toMatchObject({ statusCode: 400 });
    expect(events.filter(({ allowed }) => allowed)).toEqual([]);
  });

  it('returns 400 for an event whose headers are longer than those of Svix', async () => {
    const at = new Date();
    const payload = JSON.stringify(created);
    const id = 'm'.repeat(1_025);
    const longId = {
      'svix-id': id,
      'svix-signature': new Webhook(secrets[0]).sign(id, at, payload),
    };
    const signature = new Webhook(secrets[0]).sign('msg_1', at, payload);
    const longSignature = { 'svix-signature': `${'v1, '.repeat(250)}${signature}` };
    const longTime = { 'svix-timestamp': `${secondsNow()}`.padStart(1_025, '0') };
    for (const headers of [longId, longSignature, longTime]) {
      expect((await deliver(application, { at, headers })).status).toBe(400);
    }
    const several = { 'svix-signature': `${'v1, '.repeat(200)}${signature}` };
    expect((await deliver(application, { at, headers: several })).status).toBe(201);
  });

  it('returns 413 for an event of more than webhooks.maxBodyBytes', async () => {
    const limit = 2_000;
    const limited = await start({ webhooks: { secret: secrets[0], maxBodyBytes: limit } }, true);
    // Each ë of the event is two bytes long.
    const payload = JSON.stringify(created).padEnd(limit - 2);
    await deliver(limited, { payload }).expect(201);
    const { body } = await deliver(limited, { payload: `${payload} ` }).expect(413);
    expect(body).toEqual({ statusCode: 413, message: 'Payload Too Large' });
  });

  it('checks no signature of an event that is too large or too old, or whose headers have another form', async () => {
    const verify = jest.spyOn(Webhook.prototype, 'verify');
    const deliveries: Delivery[] = [
      { payload: JSON.stringify(created).padEnd(65_537) },
      { at: minutesAgo(6) },
      { at: minutesAgo(-6) },
      { headers: { 'svix-signature': 'v1,x' } },
      { headers: { 'svix-signature': `v2,${'A'.repeat(43)}=` } },
      { headers: { 'svix-id': '' } },
    ];
    for (const delivery of deliveries) {
      expect([400, 413]).toContain((await deliver(application, delivery)).status);
    }
    expect(verify).not.toHaveBeenCalled();
    await deliver(application).expect(201);
    expect(verify).toHaveBeenCalledTimes(1);
    verify.mockRestore();
  });

  it('returns 400 for an event with a changed body', async () => {
    const forged = createHmac('sha256', 'guess').update('x').digest('base64');
    const headers = { 'svix-signature': `v1,${forged}` };
    expect((await deliver(application, { headers })).status).toBe(400);
  });

  it('returns 400 for a request without a body and for a form', async () => {
    const url = `${application.url}/webhooks/propelauth`;
    expect((await request(url).post('')).status).toBe(400);
    const form = request(url).post('').type('form').send({ event_type: 'user.created' });
    expect((await form).status).toBe(400);
  });

  it.each([
    ['without svix-id', []],
    ['with a svix-id of its own', [['svix-id', 'msg_2']]],
  ] as [string, [string, string][]][])(
    'returns 400 for an event with webhook-* headers, %s',
    async (_what, more) => {
      const at = new Date();
      const payload = JSON.stringify(created);
      const { status } = await request(application.url)
        .post('/webhooks/propelauth')
        .set('content-type', 'application/json')
        .set('webhook-id', 'msg_1')
        .set('webhook-timestamp', String(Math.floor(at.getTime() / 1000)))
        .set('webhook-signature', new Webhook(secrets[0]).sign('msg_1', at, payload))
        .set(Object.fromEntries(more))
        .send(payload);
      expect(status).toBe(400);
    },
  );

  it('does not accept an access token instead of a signature', async () => {
    const { status } = await request(application.url, alice)
      .post('/webhooks/propelauth')
      .send(created);
    expect(status).toBe(400);
  });

  it('does not print the secrets', () => {
    const verifier = application.app.get(WebhookVerifier, { strict: false });
    const printed = inspect(verifier, { depth: null, maxArrayLength: null });
    for (const secret of secrets) {
      expect(printed).not.toContain(secret.slice(6));
      const bytes = [...Buffer.from(secret.slice(6), 'base64')];
      expect(printed.replace(/\s/g, '')).not.toContain(bytes.join(','));
    }
  });

  it('does not affect other routes', async () => {
    expect((await request(application.url).get('/protected')).status).toBe(401);
    await request(application.url, alice).get('/protected').expect(200);
  });
});

function start(
  options: Record<string, unknown>,
  rawBody: boolean | undefined,
  controllers: Type[] = [EventsController],
) {
  return startApplication(
    {
      imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })],
      controllers,
    },
    () => {},
    undefined,
    rawBody === undefined ? {} : { rawBody },
  );
}

async function startRecording(rawBody?: boolean) {
  const logger = new RecordingLogger();
  const application = await start({ webhooks: { secret: secrets[0] } }, rawBody);
  application.app.useLogger(logger);
  return { application, logger };
}

describe('At startup, @PropelAuthWebhook()', () => {
  it.each<[string, Record<string, unknown>, boolean | undefined, RegExp]>([
    ['webhooks', { webhooks: undefined }, true, /option webhooks/],
  ])('names the missing option: %s', async (_what, options, rawBody, message) => {
    const failure = await failureOf(start(options, rawBody));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toMatch(message);
  });

  it.each([
    ['', 'is empty'],
    ['whsec_', 'is only a prefix'],
    [`whsec_${randomBytes(23).toString('base64')}`, 'is 23 bytes long'],
    [randomBytes(24).toString('base64'), 'has no prefix'],
    [`whsec_${'!'.repeat(40)}`, 'is not base64'],
    [[], 'is an empty array'],
    [[secrets[0], ''], 'is empty next to a valid one'],
    [7, 'is a number'],
    [null, 'is null'],
  ] as [unknown, string][])('rejects the webhooks.secret %p, because it %s', async (secret) => {
    const failure = await failureOf(start({ webhooks: { secret } }, true));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toMatch(/^(?:- )?webhooks\.secret /m);
    expect((failure as Error).message).not.toContain(String(secret).slice(6) || '\0');
  });

  describe('in an application without raw bodies', () => {
    it.each([undefined, false])(
      'returns 500 for events, so that they are sent again, and logs one error (rawBody: %s)',
      async (rawBody) => {
        const { application, logger } = await startRecording(rawBody);
        await deliver(application).expect(500);
        await deliver(application).expect(500);
        expect(logger.of('error')).toEqual([expect.stringContaining('{ rawBody: true }')]);
      },
    );

    it.each(['Application/JSON', 'application/json; charset=utf-8'])(
      'returns 500 for an event of the content type %s',
      async (type) => {
        const { application } = await startRecording();
        const { status } = await deliver(application, { headers: { 'content-type': type } });
        expect(status).toBe(500);
      },
    );

    it('returns 400 for a request that is not an event, and logs nothing', async () => {
      const { application, logger } = await startRecording();
      await request(application.url).post('/webhooks/propelauth').expect(400);
      await request(application.url).post('/webhooks/propelauth').send({}).expect(400);
      await deliver(application, { headers: { 'content-type': 'text/plain' } }).expect(400);
      expect(logger.of('error')).toEqual([]);
    });
  });

  describe('in an application with raw bodies', () => {
    @Controller('hook')
    class AnyMethodController {
      @All()
      @PropelAuthWebhook()
      receive() {}
    }

    it.each([
      ['POST', 'application/json-patch+json'],
      ['POST', 'application/json-seq'],
      ['POST', 'application/json garbage'],
      ['POST', 'application/json, text/plain'],
      ['POST', 'application/json; charset'],
      ['POST', 'text/plain'],
      ['GET', 'application/json'],
      ['DELETE', 'application/json'],
    ])('a %s of %s never gets 500, and nothing is logged', async (method, contentType) => {
      const logger = new RecordingLogger();
      const application = await start({ webhooks: { secret: secrets[0] } }, true, [
        AnyMethodController,
      ]);
      application.app.useLogger(logger);
      const body = JSON.stringify(created);
      const headers = [
        'Host: localhost',
        'Connection: close',
        `Content-Type: ${contentType}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
        'svix-id: msg_1',
        `svix-timestamp: ${secondsNow()}`,
        `svix-signature: v1,${'A'.repeat(43)}=`,
      ];
      const answer = await sendRaw(
        application.url,
        `${method} /hook HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`,
      );
      // Fastify answers by itself for a content type that it has no parser for.
      expect([400, 415]).toContain(answer.status);
      expect(logger.of('error')).toEqual([]);
    });
  });

  it('does not affect an application without such a route', async () => {
    expect(await failureOf(start({}, undefined, []))).toBeUndefined();
  });
});
