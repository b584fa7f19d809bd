import { Controller, Post, Req } from '@nestjs/common';
import {
  PropelAuthModule,
  PropelAuthWebhooks,
  Public,
  type WebhookRequest,
} from 'nestjs-propelauth';
import { Webhook } from 'svix';
import { beforeTests, startApplication } from '../../support/application.js';
import { EventRecorder, received } from '../../support/event-recorder.js';
import { issuer } from '../../support/guarded-application.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import {
  created,
  deliver,
  PATH,
  startWithHandlers,
  startWithOwnRoute,
  webhooks,
} from './event-application.js';

beforeEach(() => void received.splice(0));

const JSON_TYPE = 'application/json; charset=utf-8';
const badRequest = {
  statusCode: 400,
  error: 'Bad Request',
  message: 'The request is not an event that PropelAuth signed within the last five minutes',
};

const options = { requireUserByDefault: true } as object;

// What is rejected is in lib/propelauth/webhooks/propel-auth-webhooks.spec.ts.
describe.each([
  ['at webhooks.path', () => startWithHandlers([EventRecorder], {}, options)],
  ['in a route that calls receive()', () => startWithOwnRoute([EventRecorder], options)],
])('Events %s', (_way, start) => {
  const application = beforeTests(start);

  it('get 204 once their handlers are done, without a user, and are read from the signed bytes', async () => {
    const { headers } = issuer.webhook(created);
    const body = `{ "event_type" : "org.created",\n  "org_id": "o\\u0031" }`;
    const sentAt = new Date(Number(headers['svix-timestamp']) * 1_000);
    const svix = new Webhook(issuer.webhookSecret);
    const signature = svix.sign(headers['svix-id'], sentAt, body);
    const signed = { headers: { ...headers, 'svix-signature': signature }, body };
    const response = await deliver(application, signed);
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(received).toEqual([{ event_type: 'org.created', org_id: 'o1' }]);
  });

  it('get 500 if a handler fails, with JSON', async () => {
    const locked = { event_type: 'user.locked', user_id: 'zoë' };
    const response = await deliver(application, issuer.webhook(locked));
    expect([response.status, await response.json()]).toEqual([
      500,
      { statusCode: 500, message: 'Internal Server Error' },
    ]);
    expect(response.headers.get('content-type')).toBe(JSON_TYPE);
    expect(received).toEqual([locked]);
  });

  const json = { 'content-type': JSON_TYPE };

  it.each<[string, () => Promise<RequestInit> | RequestInit]>([
    ['without a body', () => ({})],
    ['with a form', () => ({ body: new URLSearchParams({ event_type: 'user.created' }) })],
    ['with JSON that is not signed', () => ({ headers: json, body: JSON.stringify(created) })],
    ['with an old signature', () => issuer.webhook(created, { sentAt: new Date(0) })],
    [
      'with an access token instead of a signature',
      async () => ({ headers: { authorization: await issuer.authorization({}) } }),
    ],
  ])('are not taken from a request %s, which gets 400 with the reason', async (_what, init) => {
    const request = { method: 'POST', ...(await init()) };
    const response = await fetch(application.url + PATH, request);
    expect([response.status, await response.json()]).toEqual([400, badRequest]);
    expect(response.headers.get('content-type')).toBe(JSON_TYPE);
    expect(received).toEqual([]);
  });
});

async function startWithoutRawBodies() {
  const application = await startWithOwnRoute([EventRecorder], {}, false);
  const logger = new RecordingLogger();
  application.app.useLogger(logger);
  return { application, logger };
}

describe('In an application without raw bodies, receive()', () => {
  it.each(['application/json', 'Application/JSON', JSON_TYPE])(
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

it('A route with webhooks.path can receive events, too, and does not repeat finished handlers', async () => {
  @Controller('other')
  class OtherRoute {
    constructor(private readonly events: PropelAuthWebhooks) {}

    @Post()
    @Public()
    async receive(@Req() { headers, rawBody }: WebhookRequest) {
      return { status: (await this.events.receive({ headers, rawBody })).status };
    }
  }
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
