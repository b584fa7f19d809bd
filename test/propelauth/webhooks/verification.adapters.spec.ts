import { createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { type Provider } from '@nestjs/common';
import {
  OnPropelAuthEvent,
  type PropelAuthModuleOptions,
  type WebhooksOptions,
} from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { Webhook } from 'svix';
import { Hooks } from '../../../lib/plugins/hooks.js';
import { WebhookVerifier } from '../../../lib/propelauth/webhooks/webhook-verifier.js';
import { beforeTests, type RunningApplication } from '../../support/application.js';
import { EventRecorder, received } from '../../support/event-recorder.js';
import { issuer } from '../../support/guarded-application.js';
import {
  created,
  deliver,
  PATH,
  startWithHandlers,
  startWithOwnRoute,
} from './event-application.js';

const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`;
const secrets = [issuer.webhookSecret, newSecret()] as const;

beforeEach(() => void received.splice(0));

type Start = (
  providers: Provider[],
  options: Partial<PropelAuthModuleOptions> & { webhooks: WebhooksOptions },
) => Promise<RunningApplication>;

/** The ways in which an application receives events, each with its option. */
const WAYS: [string, Pick<WebhooksOptions, 'path' | 'receive'>, Start][] = [
  [
    'at webhooks.path',
    { path: PATH },
    (providers, options) => startWithHandlers(providers, {}, options),
  ],
  ['in a route that calls receive()', { receive: 'own' }, startWithOwnRoute],
];

const secondsNow = () => Math.floor(Date.now() / 1000);
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

interface Delivery {
  secret?: string;
  at?: Date;
  id?: string;
  payload?: string;
  headers?: Record<string, string>;
}

/** A delivery as Svix sends it. */
function send(application: RunningApplication, delivery: Delivery = {}): Promise<Response> {
  const { secret = secrets[0], at = new Date(), id = 'msg_1' } = delivery;
  const { payload = JSON.stringify(created), headers } = delivery;
  const signed = {
    'content-type': 'application/json' as const,
    'svix-id': id,
    'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
    'svix-signature': new Webhook(secret).sign(id, at, payload),
  };
  return deliver(application, { headers: signed, body: payload }, headers);
}

const forgedSignature = createHmac('sha256', 'guess').update('x').digest('base64');

describe.each(WAYS)('Events %s', (_way, receiver, start) => {
  const webhooks = { secret: [...secrets], ...receiver } as WebhooksOptions;
  const application = beforeTests(() =>
    start([EventRecorder], { webhooks, requireUserByDefault: true } as never),
  );

  it('get 204 once their handlers are done, without a user', async () => {
    const response = await send(application, { id: 'msg_accepted' });
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(received).toEqual([created]);
  });

  it('get 204 with any of several secrets', async () => {
    expect((await send(application, { secret: secrets[1], id: 'msg_other' })).status).toBe(204);
    expect(received).toHaveLength(1);
  });

  it('are parsed from the signed bytes, in any formatting', async () => {
    const payload = `{ "event_type" : "org.created",\n  "org_id": "o\\u0031" }`;
    expect((await send(application, { payload, id: 'msg_formatted' })).status).toBe(204);
    expect(received).toEqual([{ event_type: 'org.created', org_id: 'o1' }]);
  });

  it('of an unknown type get 204, and reach the handlers of all events', async () => {
    const unknown = { event_type: 'user.teleported' };
    const payload = JSON.stringify(unknown);
    expect((await send(application, { payload, id: 'msg_unknown' })).status).toBe(204);
    expect(received).toEqual([unknown]);
  });

  it('that are sent again run only the handlers that have failed', async () => {
    const payload = JSON.stringify({ event_type: 'user.locked', user_id: 'zoë' });
    const failed = await send(application, { payload, id: 'msg_failed' });
    expect([failed.status, await failed.json()]).toEqual([
      500,
      { statusCode: 500, message: 'Internal Server Error' },
    ]);
    await send(application, { id: 'msg_again' });
    await send(application, { id: 'msg_again' });
    expect(received).toHaveLength(2);
  });

  it.each<[string, Delivery]>([
    ['signed with another secret', { secret: newSecret() }],
    ['with a changed body', { headers: { 'svix-signature': `v1,${forgedSignature}` } }],
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
  ])('get 400: an event %s', async (_what, delivery) => {
    const response = await send(application, delivery);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(received).toEqual([]);
  });

  it('get 400 with the reason, which PropelAuth’s dashboard shows', async () => {
    expect(await (await send(application, { secret: newSecret() })).json()).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: 'The request is not an event that PropelAuth signed within the last five minutes',
    });
  });

  it('get 400 if their headers are longer than those of Svix', async () => {
    const at = new Date();
    const signature = new Webhook(secrets[0]).sign('msg_long', at, JSON.stringify(created));
    const id = 'm'.repeat(1_025);
    const tooLong: Delivery[] = [
      { id },
      { headers: { 'svix-signature': `${'v1, '.repeat(250)}${signature}` } },
      { headers: { 'svix-timestamp': `${secondsNow()}`.padStart(1_025, '0') } },
    ];
    for (const delivery of tooLong) {
      expect((await send(application, { at, ...delivery })).status).toBe(400);
    }
    const several = { 'svix-signature': `${'v1, '.repeat(200)}${signature}` };
    expect((await send(application, { at, id: 'msg_long', headers: several })).status).toBe(204);
  });

  it('get 400 with webhook-* headers of Svix, whose id is not remembered', async () => {
    const at = new Date();
    const payload = JSON.stringify(created);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secrets[0]).sign('msg_1', at, payload),
    };
    const withId: Record<string, string> = { 'svix-id': 'msg_2' };
    for (const more of [{}, withId]) {
      const sent = { method: 'POST', headers: { ...headers, ...more }, body: payload };
      expect((await fetch(application.url + PATH, sent)).status).toBe(400);
    }
  });

  it('get 413 if they are larger than webhooks.maxBodyBytes', async () => {
    const limit = 2_000;
    const limited = await start([EventRecorder], {
      webhooks: { ...webhooks, maxBodyBytes: limit },
    });
    // Each ë of the event is two bytes long.
    const payload = JSON.stringify(created).padEnd(limit - 2);
    expect((await send(limited, { payload })).status).toBe(204);
    const larger = await send(limited, { payload: `${payload} `, id: 'msg_2' });
    expect([larger.status, await larger.json()]).toEqual([
      413,
      { statusCode: 413, message: 'Payload Too Large' },
    ]);
    expect(received).toHaveLength(1);
  });

  it('are not hashed if they are too large or too old, or if their headers have another form', async () => {
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
      expect([400, 413]).toContain((await send(application, delivery)).status);
    }
    expect(verify).not.toHaveBeenCalled();
    await send(application, { id: 'msg_hashed' });
    expect(verify).toHaveBeenCalledTimes(1);
    verify.mockRestore();
  });

  it.each<[string, RequestInit]>([
    ['without a body', {}],
    ['with a form', { body: new URLSearchParams({ event_type: 'user.created' }) }],
    ['with JSON that is not signed', { body: JSON.stringify(created) }],
  ])('are not taken from a request %s, which gets 400', async (_what, init) => {
    const headers = { 'content-type': 'application/json' };
    const withType = init.body instanceof URLSearchParams ? init : { headers, ...init };
    const response = await fetch(application.url + PATH, { method: 'POST', ...withType });
    expect(response.status).toBe(400);
  });

  it('are not taken from a user with an access token instead of a signature', async () => {
    const headers = { authorization: await issuer.authorization({}) };
    const response = await fetch(application.url + PATH, { method: 'POST', headers });
    expect(response.status).toBe(400);
  });

  it('change access before their handlers run', async () => {
    const changes: number[] = [];
    class Observing {
      @OnPropelAuthEvent('user.disabled')
      observe() {
        changes.push(live.app.get(Hooks, { strict: false }).access?.changes ?? 0);
      }
    }
    const live = await start([Observing], { webhooks, plugins: [liveAccess()] } as never);
    const payload = JSON.stringify({ event_type: 'user.disabled', user_id: 'zoë' });
    expect((await send(live, { payload, secret: newSecret() })).status).toBe(400);
    expect((await send(live, { payload })).status).toBe(204);
    expect(changes).toEqual([1]);
  });
});

it('The verifier does not print the secrets', async () => {
  const { app } = await startWithHandlers(
    [],
    {},
    { webhooks: { secret: [...secrets], path: PATH } },
  );
  const verifier = app.get(WebhookVerifier, { strict: false });
  const printed = inspect(verifier, { depth: null, maxArrayLength: null });
  for (const secret of secrets) {
    expect(printed).not.toContain(secret.slice(6));
    const bytes = [...Buffer.from(secret.slice(6), 'base64')];
    expect(printed.replace(/\s/g, '')).not.toContain(bytes.join(','));
  }
});
