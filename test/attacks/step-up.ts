import { forge } from '../support/forge.js';
import { bob } from '../support/claims.js';
import {
  attacksOn,
  bearer,
  claimsWith,
  requestText,
  VALID_TOKEN,
  type RequestAttack,
} from './attack.js';
import { JUNK_ABOUT_GRANTS } from './junk-answers.js';
import { GRANTS, KEYS } from './secrets.js';

const { good } = GRANTS;
const alices = bearer(VALID_TOKEN);
const impersonated = bearer(forge(claimsWith({ impersonator_user_id: 'employee' })));

const grant = (value: string) => `X-Step-Up-Grant: ${value}`;

const withdrawal = (headers: string[], query = '', body = '') =>
  requestText(`POST /withdrawals${query}`, headers, body);

/** Headers of alice’s request that hold no grant of hers for this action. */
const HEADERS: [string, string[]][] = [
  ['no grant', []],
  ['an empty grant', [grant('')]],
  ['the grant twice', [grant(good), grant(good)]],
  ['two grants', [grant(good), grant(GRANTS.forExport)]],
  ['an empty and a valid grant', [grant(''), grant(good)]],
  ['an array of one grant', [grant(`${good},`)]],
  ['an array of two grants', [grant(`${GRANTS.forExport},${good}`)]],
  ['a grant of bob', [grant(GRANTS.ofBob)]],
  ['a grant for another action', [grant(GRANTS.forExport)]],
  ['a grant in upper case', [grant(good.toUpperCase())]],
  ['a truncated grant', [grant(good.slice(0, -1))]],
  ['a grant with an extra character', [grant(`${good}0`)]],
  ['a grant with a space in it', [grant(`${good.slice(0, 9)} ${good.slice(9)}`)]],
  ['a grant in quotes', [grant(`"${good}"`)]],
  ['a grant with a scheme', [grant(`Bearer ${good}`)]],
  ['a percent-encoded grant', [grant(`%${good.charCodeAt(0).toString(16)}${good.slice(1)}`)]],
  ['a grant with a letter outside ASCII', [grant(`${good}é`)]],
  ['a grant of 4,097 characters', [grant('a'.repeat(4_097))]],
  ['a wildcard instead of a grant', [grant('*')]],
  ['true instead of a grant', [grant('true')]],
  ['JSON instead of a grant', [grant(`{"grant":"${good}"}`)]],
  ['a name that objects inherit instead of a grant', [grant('constructor')]],
  ['a prototype instead of a grant', [grant('__proto__')]],
  ['the access token instead of a grant', [grant(VALID_TOKEN)]],
  ['an API key instead of a grant', [grant(KEYS.personal)]],
  ['a grant under another name', [`X-Step-Up: ${good}`, `Step-Up-Grant: ${good}`]],
  ['a grant under a name with underscores', [`X_Step_Up_Grant: ${good}`]],
  ['a grant in a cookie', [`Cookie: X-Step-Up-Grant=${good}`]],
];

/** Callers who have a good grant, and may not use it. */
const CALLERS: [string, string[]][] = [
  ['nobody', []],
  ['bob', [bearer(forge(claimsWith(bob)))]],
  ['a personal API key of the same user', [`X-API-Key: ${KEYS.personal}`]],
  ['a personal API key as bearer', [bearer(KEYS.personal)]],
  ['a forged token', [bearer(`${VALID_TOKEN.slice(0, -4)}AAAA`)]],
  ['two tokens', [alices, alices]],
];

export const STEP_UP_ATTACKS: RequestAttack[] = [
  ...attacksOn(
    () => withdrawal([alices, grant(good)]),
    [403],
    [
      ...HEADERS.map(
        ([what, headers]) =>
          [`${what}, for a step-up`, () => withdrawal([alices, ...headers])] as const,
      ),
      [
        'a grant in the query',
        () => withdrawal([alices], `?x-step-up-grant=${good}&grant=${good}`),
      ],
      [
        'a grant in the body',
        () =>
          withdrawal(
            [alices, 'Content-Type: application/json'],
            '',
            JSON.stringify({ grant: good, 'x-step-up-grant': good }),
          ),
      ],
      ['a grant with a null byte', () => withdrawal([alices, grant(`${good}\0`)]), [400]],
      [
        'a grant in the trailer',
        () =>
          'POST /withdrawals HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n' +
          `${alices}\r\nTransfer-Encoding: chunked\r\nTrailer: X-Step-Up-Grant\r\n\r\n2\r\n{}\r\n0\r\n${grant(good)}\r\n\r\n`,
      ],
      [
        'a grant used a second time, on one connection',
        () =>
          `POST /withdrawals HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n${alices}\r\n${grant(good)}\r\n\r\n` +
          withdrawal([alices, grant(good)]),
      ],
      ...CALLERS.map(
        ([who, headers]) =>
          [
            `a good grant, brought by ${who}`,
            () => withdrawal([...headers, grant(good)]),
            [401, 403],
          ] as const,
      ),
    ],
  ),
  ...attacksOn(
    () => requestText('POST /withdrawals/in-person', [alices, grant(good)]),
    [403],
    [
      [
        'a valid grant, sent by an employee who impersonates alice',
        () => requestText('POST /withdrawals/in-person', [impersonated, grant(good)]),
      ],
    ],
  ),
  ...attacksOn(
    () => withdrawal([alices, grant(good)]),
    [403, 503],
    JUNK_ABOUT_GRANTS.map(({ name, secret }) => [
      `PropelAuth answers with ${name}`,
      () => withdrawal([alices, grant(secret)]),
    ]),
  ),
];
