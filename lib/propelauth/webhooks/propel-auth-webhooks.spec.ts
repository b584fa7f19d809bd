import { createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { Webhook } from 'svix';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import type { WebhooksOptions } from '../../options/webhooks-options.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import type { Hooks } from '../../plugins/hooks.js';
import type { EventDispatcher } from './event-dispatcher.js';
import { EventReceiver } from './event-receiver.js';
import type { PropelAuthEvent } from './propel-auth-event.js';
import { PropelAuthWebhooks } from './propel-auth-webhooks.js';
import type { WebhookRequest } from './webhook-request.interface.js';
import { WebhookVerifier } from './webhook-verifier.js';

const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`;
const secrets = [newSecret(), newSecret()] as const;
const created = { event_type: 'user.created', user_id: 'user-zoë', email: 'zoë@example.com' };

/** The events that handlers got. */
const received: PropelAuthEvent[] = [];
const dispatcher = {
  dispatch: async (_messageId: string, event: PropelAuthEvent) => void received.push(event),
} as unknown as EventDispatcher;

beforeEach(() => void received.splice(0));

function verifierWith(webhooks: Partial<WebhooksOptions> = {}): WebhookVerifier {
  const resolved = new ResolvedOptions({
    authUrl: AUTH_URL,
    apiKey: API_KEY,
    webhooks: { secret: [...secrets], receive: 'own', ...webhooks } as WebhooksOptions,
  });
  return new WebhookVerifier(resolved, { Webhook });
}

function startReceiver(webhooks: Partial<WebhooksOptions> = {}, hooks: Partial<Hooks> = {}) {
  const receiver = new EventReceiver(verifierWith(webhooks), dispatcher, hooks);
  receiver.onApplicationBootstrap();
  return receiver;
}

const receiver = startReceiver();
const receive = (request: unknown, by = receiver) =>
  new PropelAuthWebhooks(by).receive(request as WebhookRequest);

const secondsNow = () => Math.floor(Date.now() / 1000);
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

interface Delivery {
  secret?: string;
  at?: Date;
  id?: string;
  payload?: string;
  headers?: Record<string, string>;
}

/** An event as Svix sends it, with other headers where they are given. */
function signed(delivery: Delivery = {}) {
  const { secret = secrets[0], at = new Date(), id = 'msg_1' } = delivery;
  const { payload = JSON.stringify(created), headers } = delivery;
  return {
    headers: {
      'svix-id': id,
      'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
      'svix-signature': new Webhook(secret).sign(id, at, payload),
      ...headers,
    },
    rawBody: payload,
  };
}

const accepted = { status: 204, headers: {}, body: undefined };
const forged = createHmac('sha256', 'guess').update('x').digest('base64');
const longId = 'm'.repeat(1_025);
const ofOtherVersion = `v2,${'A'.repeat(43)}=`;

describe('An event', () => {
  it.each<[string, Delivery, object]>([
    ['signed with the first secret', {}, created],
    ['signed with another secret of the list', { secret: secrets[1] }, created],
    [
      'in any formatting',
      { payload: `{ "event_type" : "org.created",\n  "org_id": "o\\u0031" }` },
      { event_type: 'org.created', org_id: 'o1' },
    ],
    [
      'of an unknown type',
      { payload: '{"event_type":"user.teleported"}' },
      { event_type: 'user.teleported' },
    ],
  ])('%s gets 204, and reaches handlers', async (_what, delivery, event) => {
    expect(await receive(signed(delivery))).toEqual(accepted);
    expect(received).toEqual([event]);
  });

  it('may have some 200 signatures', async () => {
    const { headers, rawBody } = signed();
    const several = `${'v1, '.repeat(200)}${headers['svix-signature']}`;
    const request = { headers: { ...headers, 'svix-signature': several }, rawBody };
    expect(await receive(request)).toEqual(accepted);
  });

  it.each<[object, object]>([
    [{ user_id: 'zoë' }, { user_id: 'zoë' }],
    [{ removed_user_id: 'zoë' }, { removed_user_id: 'zoë', user_id: 'zoë' }],
    [
      { removed_user_id: 'a', user_id: 'b' },
      { removed_user_id: 'a', user_id: 'b' },
    ],
  ])('user.removed_from_org with %j is converted to %j', async (fields, expected) => {
    const event = { event_type: 'user.removed_from_org', org_id: 'acme' };
    await receive(signed({ payload: JSON.stringify({ ...event, ...fields }) }));
    expect(received).toEqual([{ ...event, ...expected }]);
  });

  it('is frozen, because handlers share it', async () => {
    await receive(signed({ payload: JSON.stringify({ ...created, deep: { list: [{}] } }) }));
    const [event] = received as unknown as [{ deep: { list: object[] } }];
    expect(Object.isFrozen(event.deep.list[0])).toBe(true);
  });

  it('changes access before its handlers run, once it is verified', async () => {
    const calls: unknown[] = [];
    const observing = startReceiver(
      {},
      {
        event: async (...parameters: unknown[]) => {
          calls.push(...parameters, received.length);
        },
      },
    );
    const at = minutesAgo(1);
    expect(await receive(signed({ secret: newSecret() }), observing)).toMatchObject({
      status: 400,
    });
    expect(calls).toEqual([]);
    expect(await receive(signed({ at }), observing)).toEqual(accepted);
    expect(calls).toEqual(['msg_1', created, Math.floor(at.getTime() / 1000), 0]);
    expect(received).toHaveLength(1);
  });

  it('gets 503 before the application has started, so that it is sent again', async () => {
    const early = new EventReceiver(verifierWith(), dispatcher, {});
    expect(await receive(signed(), early)).toMatchObject({ status: 503 });
    expect(received).toEqual([]);
  });

  it('gets 413 if it has more bytes than webhooks.maxBodyBytes', async () => {
    const limited = startReceiver({ maxBodyBytes: 2_000 });
    // Each ë of the event is two bytes long.
    const payload = JSON.stringify(created).padEnd(2_000 - 2);
    expect(await receive(signed({ payload }), limited)).toEqual(accepted);
    const { status, body } = await receive(signed({ payload: `${payload} ` }), limited);
    expect(status).toBe(413);
    expect(JSON.parse(String(body))).toEqual({ statusCode: 413, message: 'Payload Too Large' });
    expect(received).toHaveLength(1);
  });
});

/** Requests whose headers alone say that they are no event of PropelAuth. */
const NO_EVENTS: [string, Delivery][] = [
  ['older than five minutes', { at: minutesAgo(6) }],
  ['more than five minutes ahead', { at: minutesAgo(-6) }],
  ['without a time', { headers: { 'svix-timestamp': 'now' } }],
  ['with text after its time', { headers: { 'svix-timestamp': `${secondsNow()}, 1` } }],
  ['of 1970', { headers: { 'svix-timestamp': '1' } }],
  ['without a signature', { headers: { 'svix-signature': '' } }],
  ['with an empty list of signatures', { headers: { 'svix-signature': 'v1,' } }],
  ['with a short signature', { headers: { 'svix-signature': 'v1,x' } }],
  ['with a signature of another version', { headers: { 'svix-signature': ofOtherVersion } }],
  ['with an empty id', { headers: { 'svix-id': '' } }],
  ['with an id of more than 1,024 characters', { id: longId }],
  [
    'with a time of more than 1,024 characters',
    { headers: { 'svix-timestamp': `${secondsNow()}`.padStart(1_025, '0') } },
  ],
  [
    'with signatures of more than 1,024 characters',
    { headers: { 'svix-signature': `${'v1, '.repeat(250)}v1,${forged}` } },
  ],
];

const NOT_SIGNED: [string, Delivery][] = [
  ['signed with another secret', { secret: newSecret() }],
  ['with a changed body', { headers: { 'svix-signature': `v1,${forged}` } }],
  ['signed under another id', { headers: { 'svix-id': 'msg_2' } }],
  ['signed for another time', { headers: { 'svix-timestamp': `${secondsNow() - 60}` } }],
];

const SIGNED_WITHOUT_AN_EVENT: [string, Delivery][] = [
  ['that is a string', { payload: '"user.created"' }],
  ['that is null', { payload: 'null' }],
  ['that is not JSON', { payload: '{' }],
  ['that is empty', { payload: '' }],
  ['without a type', { payload: '{"user_id":"alice"}' }],
  ['with a type that is not a string', { payload: '{"event_type":7}' }],
];

describe('An event gets 400, and reaches no handler:', () => {
  it.each([...NO_EVENTS, ...NOT_SIGNED, ...SIGNED_WITHOUT_AN_EVENT])(
    'one %s',
    async (_what, delivery) => {
      const { status, headers, body } = await receive(signed(delivery));
      expect([status, headers]).toEqual([
        400,
        { 'Content-Type': 'application/json; charset=utf-8' },
      ]);
      // PropelAuth’s dashboard shows it.
      expect(JSON.parse(String(body))).toEqual({
        statusCode: 400,
        error: 'Bad Request',
        message: 'The request is not an event that PropelAuth signed within the last five minutes',
      });
      expect(received).toEqual([]);
    },
  );

  it.each(NO_EVENTS)('one %s, whose body is not even read', async (_what, delivery) => {
    const headers: Record<string, string> = signed(delivery).headers;
    const readBody = jest.fn();
    const { status } = await receiver.respondTo((name) => headers[name], readBody);
    expect(status).toBe(400);
    expect(readBody).not.toHaveBeenCalled();
  });

  it.each([{}, { 'svix-id': 'msg_2' }])(
    'one with the headers webhook-* of Svix, whose id is not remembered, and %j',
    async (more) => {
      const { headers, rawBody } = signed();
      const renamed = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.replace('svix', 'webhook'), value]),
      );
      expect(await receive({ headers: { ...renamed, ...more }, rawBody })).toMatchObject({
        status: 400,
      });
      expect(received).toEqual([]);
    },
  );

  it('one whose headers were sent several times', async () => {
    const { headers, rawBody } = signed();
    const { 'svix-id': id } = headers;
    const twice = new Headers(headers);
    twice.append('svix-id', id);
    for (const several of [twice, { ...headers, 'svix-id': [id, id] }]) {
      expect(await receive({ headers: several, rawBody })).toMatchObject({ status: 400 });
    }
    expect(received).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['no text', ''],
    ['no bytes', new Uint8Array()],
  ])('one with %s as a body', async (_what, rawBody) => {
    const { headers } = signed();
    for (const each of [headers, new Headers(headers)]) {
      expect(await receive({ headers: each, rawBody })).toMatchObject({ status: 400 });
    }
  });
});

it('Only bodies that may be signed are hashed: none that is too large, and none with such headers', async () => {
  const verify = jest.spyOn(Webhook.prototype, 'verify');
  await receive(signed({ payload: JSON.stringify(created).padEnd(65_537) }));
  for (const [, delivery] of NO_EVENTS) await receive(signed(delivery));
  expect(verify).not.toHaveBeenCalled();
  await receive(signed());
  expect(verify).toHaveBeenCalledTimes(1);
});

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('PropelAuthWebhooks.receive()', () => {
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
      (headers, body) => ({ headers, rawBody: bytesOf(`..${body}.`).subarray(2, -1) }),
    ],
  ])('takes %s', async (_what, requestOf) => {
    const { headers, rawBody } = signed();
    expect(await receive(requestOf(headers, rawBody))).toEqual(accepted);
    expect(received).toEqual([created]);
  });

  it.each<[string, unknown]>([
    ['a parsed body', created],
    ['a parsed list', []],
    ['a number', 7],
  ])('throws for %s, because the application has to pass the raw body', async (_what, rawBody) => {
    await expect(receive({ headers: {}, rawBody })).rejects.toThrow(
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

it('The verifier does not print the secrets', () => {
  const printed = inspect(verifierWith(), { depth: null, maxArrayLength: null });
  for (const secret of secrets) {
    expect(printed).not.toContain(secret.slice(6));
    const bytes = [...Buffer.from(secret.slice(6), 'base64')];
    expect(printed.replace(/\s/g, '')).not.toContain(bytes.join(','));
  }
});
