import { createHmac, hash } from 'node:crypto';
import { accessTable, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { beforeTests, startApplication } from '../../support/application.js';
import { emulatorOf } from '../../support/emulator.js';
import { issuer } from '../../support/guarded-application.js';
import { alice, bob, carol, dave, userIn } from '../../support/project.js';
import { hmacSignature, rawToken } from '../../support/raw-token.js';
import {
  type Attack,
  bearer,
  itRejects,
  named,
  send,
  type Sent,
  sendText,
  TEXTS_OF_NOBODY,
} from '../attacks.js';
import { PORTFOLIO_TABLE } from './access-table.js';
import { Accounts } from './accounts.js';
import { PortfolioKeys } from './portfolio-keys.js';
import { PortfolioModule } from './portfolio.module.js';

const LEGACY_URL = 'https://portfolio.example.com';
const LEGACY_SECRET = 'the secret of the sign-in before PropelAuth';
process.env['LEGACY_JWT_SECRET'] = LEGACY_SECRET;

const emulator = emulatorOf(issuer, [alice, bob]);
const start = () =>
  startApplication({ imports: [PortfolioModule] }, undefined, (builder) =>
    overridePropelAuth(builder, { emulator }),
  );
const application = beforeTests(start);

/** A user who has not called yet. */
const frank = userIn('frank');
const stranger = await TestIssuer.create();
const by = (user = alice, claims?: Record<string, unknown>) => issuer.accessToken(user, { claims });
const [ofAlice, ofBob, ofFrank, claimsLegacy, ofStranger, expired, endless, impersonated] =
  await Promise.all([
    by(),
    by(bob),
    by(frank),
    by(alice, { iss: LEGACY_URL, sub: 'legacy-alice' }),
    stranger.accessToken(frank),
    issuer.accessToken(frank, { expiresInSeconds: -120 }),
    by(frank, { exp: undefined }),
    by(frank, { impersonator_user_id: 'employee-1' }),
  ]);
const [ofCarol, ofDave, ofErin] = await Promise.all([by(carol), by(dave), by(userIn('erin'))]);
const keyAtPropelAuth = emulator.createApiKey({ userId: alice.userId });

/** A token of the sign-in before PropelAuth, altered. */
function legacy(
  changes: Record<string, unknown> = {},
  { alg = 'HS256', signature = hmacSignature(LEGACY_SECRET) } = {},
): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: LEGACY_URL, sub: 'legacy-alice', exp: now + 600 };
  return rawToken({ header: { alg, typ: 'JWT' }, payload: { ...claims, ...changes }, signature });
}

const hmac = (algorithm: string, secret: string) => ({
  alg: `HS${algorithm.slice(3)}`,
  signature: (input: string) => createHmac(algorithm, secret).update(input).digest(),
});

const SHOW = 'GET /portfolio';
const ORDER = 'POST /orders';
const CREATE_KEY = 'POST /keys';
const BONDS = 'GET /portfolios/bonds';
const CHANGE = 'PUT /portfolios/bonds';
const GOLD = 'GET /portfolios/gold';
const EXPORT = 'GET /export';
const COOKIE = `Cookie: session=${ofAlice}`;
const OWN_PAGE = 'Sec-Fetch-Site: same-origin';
const key = (text: string): string => `Api-Key: ${text}`;
const invalid = (what: string, sent: Sent, code = 'credential_invalid'): Attack => [
  what,
  sent,
  401,
  code,
];

describe('The table of the portfolio', () => {
  it('has all handlers, and only one of them is public', () => {
    expect(accessTable(application.app)).toEqual(PORTFOLIO_TABLE);
  });

  it.each<[what: string, sent: Sent, answer: object]>([
    ['a user sees the portfolio', [SHOW, [bearer(ofAlice)]], { id: 1, readBy: 'user' }],
    ['a user with the cookie sees it', [SHOW, [COOKIE]], { id: 1, readBy: 'user' }],
    ['a user who has not moved yet', [SHOW, [bearer(legacy())]], { id: 1, readBy: 'legacy-user' }],
    [
      'a user who has not moved yet, with the cookie',
      [SHOW, [`Cookie: session=${legacy()}`]],
      { id: 1, readBy: 'legacy-user' },
    ],
    [
      'a user whom PropelAuth does not know yet',
      [SHOW, [bearer(legacy({ sub: 'legacy-erin' }))]],
      { id: 3, readBy: 'legacy-user' },
    ],
    ['a script with a key', [SHOW, [key('key-of-alice')]], { id: 1, readBy: 'portfolio-key' }],
    [
      'a script with a key, in a header in capitals',
      [SHOW, ['API-KEY: key-of-alice']],
      { id: 1, readBy: 'portfolio-key' },
    ],
    ['a user orders', [ORDER, [COOKIE, OWN_PAGE]], { orderedBy: 'user' }],
    [
      'a user who has not moved yet orders',
      [ORDER, [bearer(legacy())]],
      { orderedBy: 'legacy-user' },
    ],
    ['a script orders', [ORDER, [key('key-of-alice')]], { orderedBy: 'portfolio-key' }],
    ['a user makes a key', [CREATE_KEY, [bearer(ofBob)]], { keyOf: 2 }],
    [
      'a script with a key of PropelAuth exports',
      [EXPORT, [`X-API-Key: ${keyAtPropelAuth}`]],
      { exported: 'user-alice' },
    ],
    ['anybody asks for the version', ['GET /info'], { version: 1 }],
    ['a member of the firm sees its portfolio', [BONDS, [bearer(ofCarol)]], { id: 'bonds' }],
    ['a guest with an invitation sees it', [BONDS, [bearer(ofErin)]], { id: 'bonds' }],
    ['an admin of the firm changes it', [CHANGE, [bearer(ofBob)]], { id: 'bonds' }],
    ['a guest who is an editor changes it', [CHANGE, [bearer(ofFrank)]], { id: 'bonds' }],
    ['a script of a guest sees another', [GOLD, [key('key-of-bob')]], { id: 'gold' }],
  ])('lets in: %s', async (_what, sent, answer) => {
    const { text } = await sendText(application.url, sent);
    expect(text).toContain(JSON.stringify(answer));
  });
});

describe('A key of the application', () => {
  const withKey = (what: string, text: string) => invalid(what, [SHOW, [key(text)]]);
  const missing = (what: string, ...headers: string[]) =>
    invalid(what, [SHOW, headers], 'credential_missing');

  itRejects(
    application,
    [SHOW, [key('key-of-bob')]],
    [
      missing('nobody'),
      missing('one in X-API-Key', 'X-API-Key: key-of-bob'),
      missing('one in a header with an underscore', 'Api_Key: key-of-bob'),
      missing('one in a longer header', 'Api-Key-2: key-of-bob'),
      missing('one under the scheme Api-Key', 'Authorization: Api-Key key-of-bob'),
      missing('one in a cookie of its name', 'Cookie: api-key=key-of-bob'),
      invalid('one in the query', [`${SHOW}?api-key=key-of-bob`], 'credential_missing'),
      invalid('one after Bearer', [SHOW, [bearer('key-of-bob')]], 'token_invalid'),
      invalid(
        'one in the cookie of users',
        [SHOW, ['Cookie: session=key-of-bob']],
        'token_invalid',
      ),
      invalid('two of them', [SHOW, [key('key-of-bob'), key('key-of-bob')]]),
      invalid('one and a guess', [SHOW, [key('key-of-bob'), 'API-KEY: guess']]),
      invalid('one beside the token of its owner', [SHOW, [key('key-of-bob'), bearer(ofBob)]]),
      invalid('one beside the cookie of another', [SHOW, [key('key-of-bob'), COOKIE]]),
      invalid('one beside an old token', [SHOW, [key('key-of-bob'), bearer(legacy())]]),
      withKey('an empty one', ''),
      withKey('two in one header', 'key-of-bob, key-of-bob'),
      withKey('one after Bearer in its header', 'Bearer key-of-bob'),
      withKey('one in upper case', 'KEY-OF-BOB'),
      withKey('its hash', hash('sha256', 'key-of-bob')),
      withKey('one with an invisible character', 'key-of-bob\u200b'),
      withKey('one with a space of Unicode', 'key-of-bob\u00a0'),
      withKey('one with letters of full width', 'key\uff0dof\uff0dbob'),
      withKey('9,000 characters', 'a'.repeat(9_000)),
      withKey('the id of its owner', 'user-bob'),
      withKey('a token of its owner', ofBob),
      withKey('an old token', legacy()),
      withKey('a key of PropelAuth', keyAtPropelAuth),
      ...TEXTS_OF_NOBODY.map((text) => withKey(`the text ${text}`, text)),
      ['17,000 characters', [SHOW, [key('a'.repeat(17_000))]], 431],
      [
        'one whose owner has no account any more',
        [SHOW, [key('key-of-a-deleted-user')]],
        403,
        'account_required',
      ],
      ['one whose owner may not order', [ORDER, [key('key-of-bob')]], 403, 'permission_missing'],
      [
        'one whose owner has no account, to order',
        [ORDER, [key('key-of-a-deleted-user')]],
        403,
        'permission_missing',
      ],
      ['one that makes another', [CREATE_KEY, [key('key-of-alice')]], 401, 'token_missing'],
      ['one for the keys of PropelAuth', [EXPORT, [key('key-of-alice')]], 401, 'api_key_missing'],
      [
        'one in the header of those of PropelAuth',
        [EXPORT, ['X-API-Key: key-of-alice']],
        401,
        'api_key_invalid',
      ],
    ],
  );

  it('is never sent to PropelAuth, nor is one of PropelAuth looked up there in its header', async () => {
    const before = emulator.calls.length;
    for (const text of ['key-of-alice', keyAtPropelAuth, 'guess']) {
      await send(application.url, [SHOW, [key(text)]]);
      await send(application.url, [EXPORT, [key(text)]]);
    }
    expect(emulator.calls.slice(before)).toEqual([]);
    await send(application.url, [EXPORT, [`X-API-Key: ${keyAtPropelAuth}`]]);
    expect(emulator.calls.slice(before)).toHaveLength(1);
  });

  it('is rejected once it is revoked', async () => {
    const other = await start();
    const sent: Sent = [SHOW, [key('key-of-bob')]];
    expect(await send(other.url, sent)).toMatchObject({ status: 200 });
    other.app.get(PortfolioKeys).revoke('key-of-bob');
    expect(await send(other.url, sent)).toEqual({ status: 401, code: 'credential_invalid' });
  });
});

describe('A token of the sign-in before PropelAuth', () => {
  const withToken = (what: string, token: string, code?: string) =>
    invalid(what, [SHOW, [bearer(token)]], code);
  const [header, payload, signature] = legacy().split('.') as [string, string, string];

  itRejects(
    application,
    [SHOW, [bearer(legacy())]],
    [
      withToken('alg none', legacy({}, { alg: 'none', signature: () => Buffer.alloc(0) })),
      withToken(
        'alg none, well signed',
        legacy({}, { alg: 'none', signature: hmacSignature(LEGACY_SECRET) }),
      ),
      withToken('no signature', `${header}.${payload}.`),
      withToken(
        'an altered signature',
        `${header}.${payload}.${signature.split('').toReversed().join('')}`,
      ),
      withToken(
        'other claims under its signature',
        `${header}.${legacy({ sub: 'legacy-erin' }).split('.')[1]}.${signature}`,
      ),
      withToken('another secret', legacy({}, hmac('sha256', 'guess'))),
      withToken('an empty secret', legacy({}, hmac('sha256', ''))),
      withToken('the word undefined as secret', legacy({}, hmac('sha256', 'undefined'))),
      withToken(
        'the public key of PropelAuth as secret',
        legacy({}, hmac('sha256', issuer.verifierKey)),
      ),
      withToken('HS384', legacy({}, hmac('sha384', LEGACY_SECRET))),
      withToken('HS512', legacy({}, hmac('sha512', LEGACY_SECRET))),
      withToken(
        'HS256 in lower case',
        legacy({}, { alg: 'hs256', signature: hmacSignature(LEGACY_SECRET) }),
      ),
      withToken(
        'the name RS256',
        legacy({}, { alg: 'RS256', signature: hmacSignature(LEGACY_SECRET) }),
      ),
      withToken('the key of PropelAuth, in its name', claimsLegacy),
      withToken('one that has expired', legacy({ exp: 1_000_000_000 })),
      withToken('one without exp', legacy({ exp: undefined })),
      withToken('an exp that is a text', legacy({ exp: '9999999999' })),
      withToken('an exp that is null', legacy({ exp: null })),
      withToken('one for tomorrow', legacy({ nbf: Math.floor(Date.now() / 1000) + 86_400 })),
      withToken('one without a subject', legacy({ sub: undefined })),
      withToken(
        'the name of PropelAuth, under its own signature',
        legacy({ iss: issuer.authUrl }),
        'token_invalid',
      ),
      withToken('no issuer', legacy({ iss: undefined }), 'token_invalid'),
      withToken('a list of issuers', legacy({ iss: [LEGACY_URL] }), 'token_invalid'),
      withToken('an issuer with a slash', legacy({ iss: `${LEGACY_URL}/` }), 'token_invalid'),
      withToken(
        'an issuer in capitals',
        legacy({ iss: LEGACY_URL.toUpperCase() }),
        'token_invalid',
      ),
      withToken('an issuer that is __proto__', legacy({ iss: '__proto__' }), 'token_invalid'),
      withToken('a fourth part', `${legacy()}.x`, 'token_invalid'),
      withToken('a space after it', `${legacy()}\u00a0`),
      withToken('two in one header', `${legacy()}, ${legacy()}`, 'token_invalid'),
      withToken('Bearer twice', `Bearer ${legacy()}`, 'token_invalid'),
      ['one in the query', [`${SHOW}?access_token=${legacy()}`], 401, 'credential_missing'],
      ['two headers', [SHOW, [bearer(legacy()), bearer(legacy())]], 401, 'token_invalid'],
      [
        'one beside the cookie of PropelAuth',
        [SHOW, [bearer(legacy()), COOKIE]],
        401,
        'credential_invalid',
      ],
      [
        'one in the cookie, to order from elsewhere',
        [ORDER, [`Cookie: session=${legacy()}`, 'Sec-Fetch-Site: cross-site']],
        403,
        'access_denied',
      ],
      ['one that makes a key', [CREATE_KEY, [bearer(legacy())]], 401, 'token_invalid'],
      ['one for the keys of PropelAuth', [EXPORT, [bearer(legacy())]], 401, 'credential_missing'],
      [
        'a subject that is an id of PropelAuth',
        [SHOW, [bearer(legacy({ sub: 'user-bob' }))]],
        403,
        'account_required',
      ],
      [
        'a subject that has no account',
        [SHOW, [bearer(legacy({ sub: 'legacy-nobody' }))]],
        403,
        'account_required',
      ],
      [
        'a subject that is __proto__',
        [SHOW, [bearer(legacy({ sub: '__proto__' }))]],
        403,
        'account_required',
      ],
    ],
  );

  it('lets nobody in where the application has no secret: not the empty one', async () => {
    delete process.env['LEGACY_JWT_SECRET'];
    const { url } = await start();
    process.env['LEGACY_JWT_SECRET'] = LEGACY_SECRET;
    const answer = await send(url, [SHOW, [bearer(legacy({}, hmac('sha256', '')))]]);
    expect(answer).toEqual({ status: 401, code: 'credential_invalid' });
  });
});

const orderWith = (...headers: string[]): Sent => [ORDER, headers];

const denied = (what: string, line: string, header: string): Attack => [
  what,
  [line, [header]],
  403,
  'access_denied',
];

describe('A portfolio that is shared', () => {
  itRejects(
    application,
    [BONDS, [bearer(ofErin)]],
    [
      denied('a user without an invitation', BONDS, bearer(ofDave)),
      denied('a viewer, to change it', CHANGE, bearer(ofErin)),
      denied('a member of the firm, to change it', CHANGE, bearer(ofCarol)),
      denied('an admin of another firm', GOLD, bearer(ofAlice)),
      denied('an editor of another', 'PUT /portfolios/gold', bearer(ofFrank)),
      denied('a portfolio that is not there', 'GET /portfolios/none', bearer(ofBob)),
      denied('the portfolio __proto__', 'GET /portfolios/__proto__', bearer(ofBob)),
      denied('a key of an admin of the firm, which has no firm', CHANGE, key('key-of-bob')),
      ['a user who has not moved yet', [BONDS, [bearer(legacy())]], 401, 'token_invalid'],
      ['nobody', [BONDS], 401, 'credential_missing'],
    ],
  );
});

describe('The session cookie', () => {
  const foreign = (what: string, ...headers: string[]): Attack => [
    what,
    orderWith(COOKIE, ...headers),
    403,
    'access_denied',
  ];

  itRejects(application, orderWith(COOKIE, OWN_PAGE), [
    foreign('a page of another site', 'Sec-Fetch-Site: cross-site'),
    foreign('another subdomain', 'Sec-Fetch-Site: same-site'),
    foreign('a site that is not said'),
    foreign('an origin that is null', 'Origin: null'),
    foreign('an origin that begins like the own', 'Origin: https://api.example.com.evil.example'),
    foreign(
      'an origin that only X-Forwarded-Host has',
      'Origin: https://a.example',
      'X-Forwarded-Host: a.example',
    ),
    foreign(
      'a page of another site that sends a guessed key as well',
      'Sec-Fetch-Site: cross-site',
      'X-API-Key: guess',
    ),
    invalid('one beside the token of another', orderWith(COOKIE, OWN_PAGE, bearer(ofBob))),
    invalid('two of different users', orderWith(`${COOKIE}; session=${ofBob}`, OWN_PAGE)),
    invalid('one beside a key of its owner', orderWith(COOKIE, OWN_PAGE, key('key-of-alice'))),
    invalid(
      'one of a longer name',
      orderWith(`Cookie: my-session=${ofAlice}`, OWN_PAGE),
      'credential_missing',
    ),
    invalid(
      'one in capitals',
      orderWith(`Cookie: SESSION=${ofAlice}`, OWN_PAGE),
      'credential_missing',
    ),
    invalid('an empty one', orderWith('Cookie: session=', OWN_PAGE), 'credential_missing'),
    invalid(
      'one in quotation marks',
      orderWith(`Cookie: session="${ofAlice}"`, OWN_PAGE),
      'token_invalid',
    ),
    invalid('one for the keys of PropelAuth', [EXPORT, [COOKIE]], 'api_key_missing'),
    [
      'a user who may not order',
      orderWith(`Cookie: session=${ofBob}`, OWN_PAGE),
      403,
      'permission_missing',
    ],
  ]);
});

const accountsOf = () => application.app.get(Accounts).rows;

describe('A caller without an account', () => {
  it.each(
    named([
      ['an expired token', [SHOW, [bearer(expired)]], 401, 'token_expired'],
      ['a token without exp', [SHOW, [bearer(endless)]], 401, 'token_invalid'],
      ['a forged token', [SHOW, [bearer(ofStranger)]], 401, 'token_invalid'],
      [
        'a token without a signature',
        [SHOW, [bearer(`${ofFrank.split('.').slice(0, 2).join('.')}.`)]],
        401,
        'token_invalid',
      ],
      ['a token in the place of a key', [SHOW, [key(ofFrank)]], 401, 'credential_invalid'],
      ['a token in the query', [`${SHOW}?access_token=${ofFrank}`], 401, 'credential_missing'],
      [
        'a token and a key',
        [SHOW, [bearer(ofFrank), key('key-of-bob')]],
        401,
        'credential_invalid',
      ],
      [
        'an employee who acts as the user, to make a key',
        [CREATE_KEY, [bearer(impersonated)]],
        403,
        'impersonation_denied',
      ],
      [
        'the cookie, from the page of another',
        [ORDER, [`Cookie: session=${ofFrank}`, 'Sec-Fetch-Site: cross-site']],
        403,
        'access_denied',
      ],
      [
        'a legacy token in their name',
        [SHOW, [bearer(legacy({ sub: frank.userId }))]],
        403,
        'account_required',
      ],
      [
        'a key of a user who is gone',
        [SHOW, [key('key-of-a-deleted-user')]],
        403,
        'account_required',
      ],
      [
        'a key of a user who is gone, to order',
        [ORDER, [key('key-of-a-deleted-user')]],
        403,
        'permission_missing',
      ],
      [
        'a key of PropelAuth for another handler',
        [SHOW, [`X-API-Key: ${keyAtPropelAuth}`]],
        401,
        'credential_missing',
      ],
    ]),
  )('gets none with $what', async ({ attack: [, sent, status, code] }) => {
    const before = [...accountsOf()];
    expect(await send(application.url, sent)).toEqual({ status, code });
    expect(accountsOf()).toEqual(before);
  });

  it('gets exactly one with ten first calls at once, in the header and in the cookie', async () => {
    const before = accountsOf().length;
    const first: Sent[] = [
      [SHOW, [bearer(ofFrank)]],
      [ORDER, [`Cookie: session=${ofFrank}`, OWN_PAGE]],
    ];
    const sent = Array.from({ length: 10 }, (_, index) => first[index % 2]!);
    const answers = await Promise.all(sent.map((one) => send(application.url, one)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201]));
    expect(accountsOf().slice(before)).toEqual([
      expect.objectContaining({ userId: frank.userId, id: before + 1 }),
    ]);
  });
});
