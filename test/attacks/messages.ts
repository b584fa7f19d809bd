import { forge } from '../support/forge.js';
import { carol } from '../support/claims.js';
import { ACME_ID, GLOBEX_ID } from '../support/project.js';
import { claimsWith, partsOf, VALID_TOKEN } from './attack.js';

/** What a client of a socket or of a microservice sends, as JSON, so that it can be what no object can. */
export interface MessageAttack {
  readonly name: string;
  /** What a connection of socket.io is opened with; a packet of a microservice has its token in the message. */
  readonly auth?: string | undefined;
  /** The name of the event or the pattern, and what comes with it, both as JSON. */
  readonly event: string;
  readonly data: string;
  /** What goes over the wire instead, where it is no such message. */
  readonly wire?: string;
}

const text = (value: unknown) => JSON.stringify(value);

const carols = forge(claimsWith(carol));
const [header, payload] = partsOf(VALID_TOKEN);

/** What stands for a token, as JSON. */
const NO_TOKENS: [string, string][] = [
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '7'],
  ['an empty text', '""'],
  ['a space', '" "'],
  ['a list', text([VALID_TOKEN])],
  ['an array of arrays', text([[VALID_TOKEN]])],
  ['an object', text({ token: VALID_TOKEN })],
  ['an object that looks like a string', `{"toString":${text(VALID_TOKEN)},"length":9,"split":1}`],
  ['a token with its scheme', text(`Bearer ${VALID_TOKEN}`)],
  ['a token followed by a space', text(`${VALID_TOKEN} `)],
  ['a token with a null byte', text(`${VALID_TOKEN}\0`)],
  ['two tokens', text(`${VALID_TOKEN},${VALID_TOKEN}`)],
  ['a token without a signature', text(`${header}.${payload}.`)],
  ['a token of 17 KB', text('a'.repeat(17_408))],
  ['a token of 500 KB', text('a'.repeat(500_000))],
  ['dots', text('..')],
  ['an array thousands of levels deep', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
];

/** Objects around a token that is in the wrong place: `@` is where its name stands. */
const WRONG_PLACES: [string, string][] = [
  ['nothing', '{}'],
  ['a token in the prototype', `{"__proto__":{"@":${text(VALID_TOKEN)}}}`],
  ['a token in the constructor', `{"constructor":{"prototype":{"@":${text(VALID_TOKEN)}}}}`],
  ['a token one level deeper', `{"data":{"@":${text(VALID_TOKEN)}}}`],
  ['a token under its name in upper case', `{"TOKEN":${text(VALID_TOKEN)}}`],
  [
    'a token under the name of the header',
    `{"authorization":${text(`Bearer ${VALID_TOKEN}`)},"headers":{"authorization":${text(`Bearer ${VALID_TOKEN}`)}}}`,
  ],
  ['two tokens under one name, the last one wrong', `{"@":${text(VALID_TOKEN)},"@":"x"}`],
];

/** What the token is looked for in, as JSON. */
function tokenHolders(name: string): [string, string][] {
  return [
    ...NO_TOKENS.map(([what, token]): [string, string] => [what, `{"${name}":${token}}`]),
    ...WRONG_PLACES.map(([what, holder]): [string, string] => [what, holder.replaceAll('@', name)]),
  ];
}

/** Messages of carol’s, a Member of Acme, that do not name it as one plain text. */
const NO_ORGS: [string, string][] = [
  ...[
    GLOBEX_ID,
    '',
    '__proto__',
    'constructor',
    '*',
    `${ACME_ID} `,
    `${ACME_ID},${GLOBEX_ID}`,
    ACME_ID.toUpperCase(),
    null,
    7,
    true,
    [],
    [ACME_ID],
    { orgId: ACME_ID },
  ].map((orgId): [string, string] => [`the org id ${text(orgId)}`, text({ orgId })]),
  ['an org id in the prototype', `{"__proto__":{"orgId":"${ACME_ID}"}}`],
  ['an org id under its name in upper case', text({ ORGID: ACME_ID })],
  ['two org ids, the last one different', `{"orgId":"${ACME_ID}","orgId":"${GLOBEX_ID}"}`],
  ['an org id in an array', text([{ orgId: ACME_ID }])],
];

/** Events that no handler has, next to those that some have. */
const EVENTS: [string, string][] = [
  ['constructor', text('constructor')],
  ['__proto__', text('__proto__')],
  ['toString', text('toString')],
  ['hasOwnProperty', text('hasOwnProperty')],
  ['an empty string', text('')],
  ['a space after the name', text('me ')],
  ['upper case', text('ME')],
  ['a null byte after the name', text('me\0')],
  ['a hundred thousand letters', text('x'.repeat(100_000))],
  ['null', 'null'],
  ['a number', '7'],
  ['true', 'true'],
  ['a list', text(['me'])],
  ['an object', text({ event: 'me' })],
  ['the name of a method', text('handleConnection')],
  ['another name of a method', text('handleMessage')],
];

/** The data of a message to a handler under a rule, from somebody anonymous. */
const DATA: [string, string][] = [
  ['nothing', 'null'],
  ['a text', text('me')],
  ['a number', '7'],
  ['a list', '[]'],
  [
    'a token',
    text({ token: VALID_TOKEN, accessToken: VALID_TOKEN, authorization: `Bearer ${VALID_TOKEN}` }),
  ],
  ['a user', text({ user: { userId: 'user-alice' }, userId: 'user-alice' })],
  ['a prototype', '{"__proto__":{"user":{"userId":"user-alice"}}}'],
  [
    'the handshake of another connection',
    text({ handshake: { auth: { token: VALID_TOKEN } }, client: {} }),
  ],
  ['arrays thousands of levels deep', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['a hundred thousand letters', text('x'.repeat(100_000))],
];

const MESSAGES: Omit<MessageAttack, 'auth'>[] = [
  ...DATA.map(([what, data]) => ({ name: `${what} for data`, event: text('me'), data })),
  ...EVENTS.map(([what, event]) => ({ name: `an event that is ${what}`, event, data: '{}' })),
];

/** Packets of socket.io that are no plain event. */
const SOCKET_IO_PACKETS: [string, string][] = [
  ['an event that asks for an acknowledgement', '421["me",{}]'],
  ['an event of another namespace', '42/admin,["me",{}]'],
  ['an event of a namespace that is a prototype', '42/__proto__,["me",{}]'],
  ['an attachment that never comes', '451-["me",{"_placeholder":true,"num":0}]'],
  ['a billion attachments', '451000000000-["me",{"_placeholder":true,"num":0}]'],
  ['an attachment of a negative number', '451-["me",{"_placeholder":true,"num":-1}]'],
  ['an event that is cut', '42["me"'],
  ['an event without a name', '42[]'],
  ['an event that is no list', '42{"0":"me"}'],
  ['an event of a reserved name', '42["disconnect"]'],
  ['another event of a reserved name', '42["connect_error",{}]'],
  ['the name of an emitter’s own event', '42["newListener",{}]'],
  ['an acknowledgement that nobody asked for', '431["me"]'],
  ['a second opening, with a token', `40${text({ token: VALID_TOKEN })}`],
  ['an opening of another namespace, with a token', `40/admin,${text({ token: VALID_TOKEN })}`],
  ['a packet of an unknown type', '49["me",{}]'],
  ['a frame of an unknown type', '9["me",{}]'],
  ['a probe of an upgrade', '2probe'],
  ['an upgrade that was not offered', '5'],
];

/** Texts over `ws` that are no plain message. */
const WS_TEXTS: [string, string][] = [
  ['nothing', ''],
  ['no JSON', 'me'],
  ['a message that is cut', '{"event":"me","data":'],
  ['null', 'null'],
  ['a number', '7'],
  ['a text', '"me"'],
  ['a list', '["me",{}]'],
  ['a list of messages', '[{"event":"me"}]'],
  ['an event below the prototype', '{"__proto__":{"event":"me"}}'],
  ['two events of one name', '{"event":"public","event":"me"}'],
  ['an event beside another', '{"event":"me","pattern":"public","type":"public"}'],
  ['a message without data', '{"event":"me"}'],
  [
    'a message with a token',
    `{"event":"me","headers":{"authorization":${text(`Bearer ${VALID_TOKEN}`)}},"token":${text(VALID_TOKEN)}}`,
  ],
];

const rawMessages = (wires: [string, string][]): MessageAttack[] =>
  wires.map(([name, wire]) => ({ name, wire, event: '', data: '' }));

/** Over a socket: the token is in what opens it. */
export const SOCKET_IO_ATTACKS: MessageAttack[] = [
  ...[
    ...tokenHolders('token'),
    ['a string that is the token', text(VALID_TOKEN)],
    ['an array with a token', text([VALID_TOKEN])],
    ['a number alone', '7'],
    ['true alone', 'true'],
  ].map(([what, auth]) => ({
    name: `auth: ${what}`,
    auth: auth as string,
    event: text('me'),
    data: '{}',
  })),
  ...MESSAGES,
  ...rawMessages(SOCKET_IO_PACKETS),
  ...NO_ORGS.map(([what, data]) => ({
    name: what,
    auth: text({ token: carols }),
    event: text('reports'),
    data,
  })),
].map((attack) => ({ ...attack, name: `socket.io: ${attack.name}` }));

/** The same over `ws`, whose handshake has no place for JSON. */
export const WS_ATTACKS: MessageAttack[] = [
  ...MESSAGES,
  ...rawMessages(WS_TEXTS),
  ...NO_ORGS.map(([what, data]) => ({ name: what, auth: carols, event: text('reports'), data })),
].map((attack) => ({ ...attack, name: `ws: ${attack.name}` }));

/** Over TCP: the token is in each message, where `tokenSource` says. */
export const RPC_ATTACKS: MessageAttack[] = [
  ...tokenHolders('accessToken').map(([what, data]) => ({ name: what, event: text('me'), data })),
  ...[text(VALID_TOKEN), 'null', '7', '[]', text([VALID_TOKEN])].map((data) => ({
    name: `${data.slice(0, 20)} for a message`,
    event: text('me'),
    data,
  })),
  ...EVENTS.map(([what, event]) => ({ name: `a pattern that is ${what}`, event, data: '{}' })),
  ...NO_ORGS.filter(([, data]) => data.startsWith('{')).map(([what, data]) => ({
    name: what,
    event: text('reports'),
    data: data.replace('{', `{"accessToken":${text(carols)},`),
  })),
].map((attack) => ({ ...attack, name: `a message over TCP: ${attack.name}` }));

/** The same without an attack: what opens a connection, or is in a message, of somebody who may send both messages. */
export const CAROLS_TOKEN = carols;
export const CONTROLS: Omit<MessageAttack, 'name'>[] = [
  { event: text('me'), data: '{}' },
  { event: text('reports'), data: text({ orgId: ACME_ID }) },
];
