import { createHmac } from 'node:crypto';
import { NOW, PROJECT_KEYS } from '../support/forge.js';
import { API_KEY } from '../support/project.js';
import { attacksOn, requestText, type Rejection, type RequestAttack } from './attack.js';
import { WEBHOOK_SECRET } from './secrets.js';

const ID = 'msg_1';
const EVENT = JSON.stringify({ event_type: 'user.created', user_id: 'user-alice' });
const SECRET = Buffer.from(WEBHOOK_SECRET.slice('whsec_'.length), 'base64');

/** A delivery as it goes over the wire, and what it was signed for. */
interface Delivery {
  readonly id: string;
  readonly time: string;
  readonly body: string;
  readonly signature: string;
  readonly headers: string[];
}

function signatureOf(
  { id = ID, time = String(NOW), body = EVENT }: Partial<Delivery> = {},
  secret: string | Buffer = SECRET,
): string {
  return createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('base64');
}

const signature = signatureOf();

/** The headers and the text of a delivery; what is not given is as PropelAuth sends it. */
function delivery(changes: Partial<Delivery> = {}, startLine = 'POST /webhook'): string {
  const { id = ID, time = String(NOW), body = EVENT, headers } = changes;
  return requestText(
    startLine,
    headers ?? [
      'Content-Type: application/json',
      `svix-id: ${id}`,
      `svix-timestamp: ${time}`,
      `svix-signature: ${changes.signature ?? `v1,${signature}`}`,
    ],
    body,
  );
}

/** Well signed for these changes, as only PropelAuth can. */
const signed = (changes: Partial<Delivery>) =>
  delivery({ ...changes, signature: `v1,${signatureOf(changes)}` });

const SIGNATURES: [string, string][] = [
  ['none', ''],
  ['a version alone', 'v1'],
  ['a version and a comma', 'v1,'],
  ['no version', signature],
  ['an empty version', `,${signature}`],
  ['the version 2', `v2,${signature}`],
  ['the version 1a, which is another algorithm', `v1a,${signature}`],
  ['the version in upper case', `V1,${signature}`],
  ['a version with a zero', `v01,${signature}`],
  ['an equals sign instead of the comma', `v1=${signature}`],
  ['a truncated one', `v1,${signature.slice(0, -5)}`],
  ['one without padding and its last character', `v1,${signature.slice(0, -2)}`],
  ['one in hexadecimal', `v1,${Buffer.from(signature, 'base64').toString('hex')}`],
  ['one in lower case', `v1,${signature.toLowerCase()}`],
  ['zeroes', `v1,${Buffer.alloc(32).toString('base64')}`],
  ['one of an empty string', `v1,${createHmac('sha256', SECRET).update('').digest('base64')}`],
  ['one of the body only', `v1,${createHmac('sha256', SECRET).update(EVENT).digest('base64')}`],
  ['one of another id', `v1,${signatureOf({ id: 'msg_2' })}`],
  ['one of another time', `v1,${signatureOf({ time: String(NOW - 1) })}`],
  ['one of another body', `v1,${signatureOf({ body: '{}' })}`],
  [
    'one with SHA-1',
    `v1,${createHmac('sha1', SECRET).update(`${ID}.${NOW}.${EVENT}`).digest('base64')}`,
  ],
  [
    'a hundred of them, all wrong',
    Array(100)
      .fill(`v1,${signatureOf({ id: 'x' })}`)
      .join(' '),
  ],
  ['JSON', JSON.stringify({ v1: signature })],
];

const SECRETS: [string, string | Buffer][] = [
  ['nothing', ''],
  ['the prefix of a secret', 'whsec_'],
  ['the secret as text, not its bytes', WEBHOOK_SECRET],
  ['the text of the secret without its prefix', WEBHOOK_SECRET.slice('whsec_'.length)],
  ['the project’s API key', API_KEY],
  ['the project’s public key', PROJECT_KEYS.publicKeyPem],
  ['another secret', 'another secret of 24 bytes'],
];

/** Times beside a signature for exactly that text: only the clock is against them. */
const TIMES = [
  '',
  'now',
  'NaN',
  'Infinity',
  '0',
  '-1',
  `-${NOW}`,
  '1.8e9',
  '0x6b49d200',
  `${NOW}000`,
  String(NOW - 301),
  String(NOW + 301),
  new Date(NOW * 1000).toISOString(),
];

/** Signed events that are none. */
const PAYLOADS = [
  '{',
  'null',
  '7',
  'true',
  '"user.created"',
  '[]',
  '[{"event_type":"user.created"}]',
  '{}',
  '{"event_type":null}',
  '{"event_type":7}',
  '{"event_type":["user.created"]}',
  '{"event_type":{"toString":"user.created"}}',
  '{"EVENT_TYPE":"user.created"}',
  '{"__proto__":{"event_type":"user.created"}}',
  '{"constructor":{"prototype":{"event_type":"user.created"}}}',
  '{"event_type":"user.created"}{}',
];

const names = (id: string, time: string, sign: string, values = [ID, NOW, `v1,${signature}`]) => [
  'Content-Type: application/json',
  `${id}: ${values[0]}`,
  `${time}: ${values[1]}`,
  `${sign}: ${values[2]}`,
];
const usual = names('svix-id', 'svix-timestamp', 'svix-signature');

/** Headers of a delivery whose signature is good. */
const HEADERS: [string, string[], Rejection[]?][] = [
  ['no id', usual.toSpliced(1, 1)],
  ['no time', usual.toSpliced(2, 1)],
  ['no signature', usual.toSpliced(3, 1)],
  ['an id twice', [...usual, `svix-id: ${ID}`]],
  ['a time twice', [...usual, `svix-timestamp: ${NOW}`]],
  ['another id after it', [...usual, 'svix-id: msg_2']],
  ['the names of Standard Webhooks', names('webhook-id', 'webhook-timestamp', 'webhook-signature')],
  ['names with underscores', names('svix_id', 'svix_timestamp', 'svix_signature')],
  ['names of others', names('X-Svix-Id', 'X-Svix-Timestamp', 'X-Hub-Signature-256')],
  ['the type text/plain', ['Content-Type: text/plain', ...usual.slice(1)], [400, 415]],
  ['no type', usual.slice(1), [400, 415]],
  [
    'credentials instead of a signature',
    [
      'Content-Type: application/json',
      `Authorization: Bearer ${WEBHOOK_SECRET}`,
      `X-API-Key: ${API_KEY}`,
    ],
  ],
];

export const WEBHOOK_ATTACKS: RequestAttack[] = attacksOn(
  () => delivery(),
  [400],
  [
    ...SIGNATURES.map(
      ([what, text]) =>
        [`a webhook’s signature that is ${what}`, () => delivery({ signature: text })] as const,
    ),
    ...SECRETS.map(
      ([what, secret]) =>
        [
          `a webhook signed with ${what}`,
          () => delivery({ signature: `v1,${signatureOf({}, secret)}` }),
        ] as const,
    ),
    ...TIMES.map(
      (time) => [`a signed webhook of the time "${time}"`, () => signed({ time })] as const,
    ),
    ...PAYLOADS.map(
      (body) => [`a signed webhook that says ${body}`, () => signed({ body })] as const,
    ),
    ...HEADERS.map(
      ([what, headers, answers]) =>
        [`a webhook with ${what}`, () => delivery({ headers }), answers] as const,
    ),
    ['a webhook without a body', () => delivery({ body: '' })],
    ['a webhook followed by a space', () => delivery({ body: `${EVENT} ` })],
    ['a webhook with a byte order mark', () => delivery({ body: `\ufeff${EVENT}` })],
    [
      'a webhook with a second type',
      () => delivery({ body: EVENT.replace('}', ',"event_type":"org.deleted"}') }),
    ],
    [
      'a webhook whose keys are in another order',
      () =>
        delivery({ body: JSON.stringify({ user_id: 'user-alice', event_type: 'user.created' }) }),
    ],
    ...['.0', 'x', `, ${NOW}`].map(
      (more) =>
        [
          `a webhook with "${more}" behind the time that is signed`,
          () => delivery({ time: `${NOW}${more}`, signature: `v1,${signature}` }),
        ] as const,
    ),
    [
      'a webhook whose id contains a part of its time',
      () => delivery({ id: `${ID}.${NOW}`, time: '' }),
    ],
    ['a webhook of another method', () => delivery({}, 'PUT /webhook'), [404, 405]],
    [
      'a webhook whose path has two slashes',
      () => delivery({ signature: 'v1,x' }, 'POST //webhook'),
      [400, 404],
    ],
  ],
);
