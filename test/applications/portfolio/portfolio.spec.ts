import { createHmac, hash } from 'node:crypto';
import { accessTable, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { beforeTests, startApplication } from '../../support/application.js';
import { emulatorOf } from '../../support/emulator.js';
import { issuer } from '../../support/guarded-application.js';
import { alice, bob, carol, dave, userIn } from '../../support/project.js';
import { hmacSignature, rawToken } from '../../support/raw-token.js';
import { bearer, itRejects, ofNobody, rowsOf, send, type Sent, sendText } from '../attacks.js';
import { Accounts, PORTFOLIO_TABLE, PortfolioKeys, PortfolioModule } from './portfolio.js';

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

/** Signed well, under another name. */
const named = (alg: string) => ({ alg, signature: hmacSignature(LEGACY_SECRET) });

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
const OTHER_PAGE = 'Sec-Fetch-Site: cross-site';
const key = (text: string): string => `Api-Key: ${text}`;

describe('The table of the portfolio', () => {
  it('has all handlers, and only one of them is public', () => {
    expect(accessTable(application.app)).toEqual(PORTFOLIO_TABLE);
  });

  it.each(
    rowsOf({
      '{"id":1,"readBy":"user"}': {
        'a user sees the portfolio': [SHOW, [bearer(ofAlice)]],
        'a user with the cookie sees it': [SHOW, [COOKIE]],
      },
      '{"id":1,"readBy":"legacy-user"}': {
        'a user who has not moved yet': [SHOW, [bearer(legacy())]],
        'a user who has not moved yet, with the cookie': [SHOW, [`Cookie: session=${legacy()}`]],
      },
      '{"id":3,"readBy":"legacy-user"}': {
        'a user unknown to PropelAuth': [SHOW, [bearer(legacy({ sub: 'legacy-erin' }))]],
      },
      '{"id":1,"readBy":"portfolio-key"}': {
        'a script with a key': [SHOW, [key('key-of-alice')]],
        'a script with a key, in a header in capitals': [SHOW, ['API-KEY: key-of-alice']],
      },
      '{"orderedBy":"user"}': { 'a user orders': [ORDER, [COOKIE, OWN_PAGE]] },
      '{"orderedBy":"legacy-user"}': { 'an old user orders': [ORDER, [bearer(legacy())]] },
      '{"orderedBy":"portfolio-key"}': { 'a script orders': [ORDER, [key('key-of-alice')]] },
      '{"keyOf":2}': { 'a user makes a key': [CREATE_KEY, [bearer(ofBob)]] },
      '{"exported":"user-alice"}': {
        'a script with a key of PropelAuth exports': [EXPORT, [`X-API-Key: ${keyAtPropelAuth}`]],
      },
      '{"version":1}': { 'anybody asks for the version': ['GET /info'] },
      '{"id":"bonds"}': {
        'a member of the firm sees its portfolio': [BONDS, [bearer(ofCarol)]],
        'a guest with an invitation sees it': [BONDS, [bearer(ofErin)]],
        'an admin of the firm changes it': [CHANGE, [bearer(ofBob)]],
        'a guest who is an editor changes it': [CHANGE, [bearer(ofFrank)]],
      },
      '{"id":"gold"}': { 'a script of a guest sees another': [GOLD, [key('key-of-bob')]] },
    }),
  )('lets in: %s', async (_what, sent, answer) => {
    expect((await sendText(application.url, sent)).text).toContain(answer);
  });
});

describe('A key of the application', () => {
  const withKey = (text: string): Sent => [SHOW, [key(text)]];

  itRejects(application, [SHOW, [key('key-of-bob')]], {
    '401 credential_missing': {
      nobody: [SHOW],
      'one in X-API-Key': [SHOW, ['X-API-Key: key-of-bob']],
      'one in a header with an underscore': [SHOW, ['Api_Key: key-of-bob']],
      'one in a longer header': [SHOW, ['Api-Key-2: key-of-bob']],
      'one under the scheme Api-Key': [SHOW, ['Authorization: Api-Key key-of-bob']],
      'one in a cookie of its name': [SHOW, ['Cookie: api-key=key-of-bob']],
      'one in the query': [`${SHOW}?api-key=key-of-bob`],
    },
    '401 token_invalid': {
      'one after Bearer': [SHOW, [bearer('key-of-bob')]],
      'one in the cookie of users': [SHOW, ['Cookie: session=key-of-bob']],
    },
    '401 credential_invalid': {
      'two of them': [SHOW, [key('key-of-bob'), key('key-of-bob')]],
      'one and a guess': [SHOW, [key('key-of-bob'), 'API-KEY: guess']],
      'one beside the token of its owner': [SHOW, [key('key-of-bob'), bearer(ofBob)]],
      'one beside the cookie of another': [SHOW, [key('key-of-bob'), COOKIE]],
      'one beside an old token': [SHOW, [key('key-of-bob'), bearer(legacy())]],
      'an empty one': withKey(''),
      'two in one header': withKey('key-of-bob, key-of-bob'),
      'one after Bearer in its header': withKey('Bearer key-of-bob'),
      'one in upper case': withKey('KEY-OF-BOB'),
      'its hash': withKey(hash('sha256', 'key-of-bob')),
      'one with an invisible character': withKey('key-of-bob\u200b'),
      'one with a space of Unicode': withKey('key-of-bob\u00a0'),
      'one with letters of full width': withKey('key\uff0dof\uff0dbob'),
      '9,000 characters': withKey('a'.repeat(9_000)),
      'the id of its owner': withKey('user-bob'),
      'a token of its owner': withKey(ofBob),
      'an old token': withKey(legacy()),
      'a key of PropelAuth': withKey(keyAtPropelAuth),
      ...ofNobody(withKey),
    },
    '431': { '17,000 characters': [SHOW, [key('a'.repeat(17_000))]] },
    '403 account_required': {
      'one whose owner has no account any more': [SHOW, [key('key-of-a-deleted-user')]],
    },
    '403 permission_missing': {
      'one whose owner may not order': [ORDER, [key('key-of-bob')]],
      'one whose owner has no account, to order': [ORDER, [key('key-of-a-deleted-user')]],
    },
    '401 token_missing': { 'one that makes another': [CREATE_KEY, [key('key-of-alice')]] },
    '401 api_key_missing': { 'one for the keys of PropelAuth': [EXPORT, [key('key-of-alice')]] },
    '401 api_key_invalid': {
      'one in the header of those of PropelAuth': [EXPORT, ['X-API-Key: key-of-alice']],
    },
  });

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
    expect(await send(other.url, sent)).toBe('200');
    other.app.get(PortfolioKeys).revoke('key-of-bob');
    expect(await send(other.url, sent)).toBe('401 credential_invalid');
  });
});

describe('A token of the sign-in before PropelAuth', () => {
  const withToken = (token: string): Sent => [SHOW, [bearer(token)]];
  const [header, payload, signature] = legacy().split('.') as [string, string, string];

  itRejects(application, [SHOW, [bearer(legacy())]], {
    '401 credential_invalid': {
      'alg none': withToken(legacy({}, { alg: 'none', signature: () => Buffer.alloc(0) })),
      'alg none, well signed': withToken(legacy({}, named('none'))),
      'no signature': withToken(`${header}.${payload}.`),
      'an altered signature': withToken(
        `${header}.${payload}.${signature.split('').toReversed().join('')}`,
      ),
      'other claims under its signature': withToken(
        `${header}.${legacy({ sub: 'legacy-erin' }).split('.')[1]}.${signature}`,
      ),
      'another secret': withToken(legacy({}, hmac('sha256', 'guess'))),
      'an empty secret': withToken(legacy({}, hmac('sha256', ''))),
      'the word undefined as secret': withToken(legacy({}, hmac('sha256', 'undefined'))),
      'the public key of PropelAuth as secret': withToken(
        legacy({}, hmac('sha256', issuer.verifierKey)),
      ),
      HS384: withToken(legacy({}, hmac('sha384', LEGACY_SECRET))),
      HS512: withToken(legacy({}, hmac('sha512', LEGACY_SECRET))),
      'HS256 in lower case': withToken(legacy({}, named('hs256'))),
      'the name RS256': withToken(legacy({}, named('RS256'))),
      'the key of PropelAuth, in its name': withToken(claimsLegacy),
      'one that has expired': withToken(legacy({ exp: 1_000_000_000 })),
      'one without exp': withToken(legacy({ exp: undefined })),
      'an exp that is a text': withToken(legacy({ exp: '9999999999' })),
      'an exp that is null': withToken(legacy({ exp: null })),
      'one for tomorrow': withToken(legacy({ nbf: Math.floor(Date.now() / 1000) + 86_400 })),
      'one without a subject': withToken(legacy({ sub: undefined })),
      'a space after it': withToken(`${legacy()}\u00a0`),
      'one beside the cookie of PropelAuth': [SHOW, [bearer(legacy()), COOKIE]],
    },
    '401 token_invalid': {
      'the name of PropelAuth, under its own signature': withToken(legacy({ iss: issuer.authUrl })),
      'no issuer': withToken(legacy({ iss: undefined })),
      'a list of issuers': withToken(legacy({ iss: [LEGACY_URL] })),
      'an issuer with a slash': withToken(legacy({ iss: `${LEGACY_URL}/` })),
      'an issuer in capitals': withToken(legacy({ iss: LEGACY_URL.toUpperCase() })),
      'an issuer that is __proto__': withToken(legacy({ iss: '__proto__' })),
      'a fourth part': withToken(`${legacy()}.x`),
      'two in one header': withToken(`${legacy()}, ${legacy()}`),
      'Bearer twice': withToken(`Bearer ${legacy()}`),
      'two headers': [SHOW, [bearer(legacy()), bearer(legacy())]],
      'one that makes a key': [CREATE_KEY, [bearer(legacy())]],
    },
    '401 credential_missing': {
      'one in the query': [`${SHOW}?access_token=${legacy()}`],
      'one for the keys of PropelAuth': [EXPORT, [bearer(legacy())]],
    },
    '403 access_denied': {
      'one in the cookie, to order from elsewhere': [
        ORDER,
        [`Cookie: session=${legacy()}`, OTHER_PAGE],
      ],
    },
    '403 account_required': {
      'a subject that is an id of PropelAuth': [SHOW, [bearer(legacy({ sub: 'user-bob' }))]],
      'a subject that has no account': [SHOW, [bearer(legacy({ sub: 'legacy-nobody' }))]],
      'a subject that is __proto__': [SHOW, [bearer(legacy({ sub: '__proto__' }))]],
    },
  });

  it('lets nobody in where the application has no secret: not the empty one', async () => {
    delete process.env['LEGACY_JWT_SECRET'];
    const { url } = await start();
    process.env['LEGACY_JWT_SECRET'] = LEGACY_SECRET;
    const answer = await send(url, [SHOW, [bearer(legacy({}, hmac('sha256', '')))]]);
    expect(answer).toBe('401 credential_invalid');
  });
});

const orderWith = (...headers: string[]): Sent => [ORDER, headers];

describe('A portfolio that is shared', () => {
  itRejects(application, [BONDS, [bearer(ofErin)]], {
    '403 access_denied': {
      'a user without an invitation': [BONDS, [bearer(ofDave)]],
      'a viewer, to change it': [CHANGE, [bearer(ofErin)]],
      'a member of the firm, to change it': [CHANGE, [bearer(ofCarol)]],
      'an admin of another firm': [GOLD, [bearer(ofAlice)]],
      'an editor of another': ['PUT /portfolios/gold', [bearer(ofFrank)]],
      'a portfolio that is not there': ['GET /portfolios/none', [bearer(ofBob)]],
      'the portfolio __proto__': ['GET /portfolios/__proto__', [bearer(ofBob)]],
      'a key of an admin of the firm, which has no firm': [CHANGE, [key('key-of-bob')]],
    },
    '401 token_invalid': { 'a user who has not moved yet': [BONDS, [bearer(legacy())]] },
    '401 credential_missing': { nobody: [BONDS] },
  });
});

describe('The session cookie', () => {
  itRejects(application, orderWith(COOKIE, OWN_PAGE), {
    '403 access_denied': {
      'a page of another site': orderWith(COOKIE, OTHER_PAGE),
      'another subdomain': orderWith(COOKIE, 'Sec-Fetch-Site: same-site'),
      'a site that is not said': orderWith(COOKIE),
      'an origin that is null': orderWith(COOKIE, 'Origin: null'),
      'an origin that begins like the own': orderWith(
        COOKIE,
        'Origin: https://api.example.com.evil.example',
      ),
      'an origin that only X-Forwarded-Host has': orderWith(
        COOKIE,
        'Origin: https://a.example',
        'X-Forwarded-Host: a.example',
      ),
      'a page of another site that sends a guessed key as well': orderWith(
        COOKIE,
        OTHER_PAGE,
        'X-API-Key: guess',
      ),
    },
    '401 credential_invalid': {
      'one beside the token of another': orderWith(COOKIE, OWN_PAGE, bearer(ofBob)),
      'two of different users': orderWith(`${COOKIE}; session=${ofBob}`, OWN_PAGE),
      'one beside a key of its owner': orderWith(COOKIE, OWN_PAGE, key('key-of-alice')),
    },
    '401 credential_missing': {
      'one of a longer name': orderWith(`Cookie: my-session=${ofAlice}`, OWN_PAGE),
      'one in capitals': orderWith(`Cookie: SESSION=${ofAlice}`, OWN_PAGE),
      'an empty one': orderWith('Cookie: session=', OWN_PAGE),
    },
    '401 token_invalid': {
      'one in quotation marks': orderWith(`Cookie: session="${ofAlice}"`, OWN_PAGE),
    },
    '401 api_key_missing': { 'one for the keys of PropelAuth': [EXPORT, [COOKIE]] },
    '403 permission_missing': {
      'a user who may not order': orderWith(`Cookie: session=${ofBob}`, OWN_PAGE),
    },
  });
});

const accountsOf = () => application.app.get(Accounts).rows;

describe('A caller without an account', () => {
  it.each(
    rowsOf({
      '401 token_expired': { 'an expired token': [SHOW, [bearer(expired)]] },
      '401 token_invalid': {
        'a token without exp': [SHOW, [bearer(endless)]],
        'a forged token': [SHOW, [bearer(ofStranger)]],
        'a token without a signature': [
          SHOW,
          [bearer(`${ofFrank.split('.').slice(0, 2).join('.')}.`)],
        ],
      },
      '401 credential_invalid': {
        'a token in the place of a key': [SHOW, [key(ofFrank)]],
        'a token and a key': [SHOW, [bearer(ofFrank), key('key-of-bob')]],
      },
      '401 credential_missing': {
        'a token in the query': [`${SHOW}?access_token=${ofFrank}`],
        'a key of PropelAuth for another handler': [SHOW, [`X-API-Key: ${keyAtPropelAuth}`]],
      },
      '403 impersonation_denied': {
        'an employee who acts as the user, to make a key': [CREATE_KEY, [bearer(impersonated)]],
      },
      '403 access_denied': {
        'the cookie, from the page of another': [ORDER, [`Cookie: session=${ofFrank}`, OTHER_PAGE]],
      },
      '403 account_required': {
        'a legacy token in their name': [SHOW, [bearer(legacy({ sub: frank.userId }))]],
        'a key of a user who is gone': [SHOW, [key('key-of-a-deleted-user')]],
      },
      '403 permission_missing': {
        'a key of a user who is gone, to order': [ORDER, [key('key-of-a-deleted-user')]],
      },
    }),
  )('gets none with %s', async (_what, sent, answer) => {
    const before = [...accountsOf()];
    expect(await send(application.url, sent)).toBe(answer);
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
    expect(new Set(answers)).toEqual(new Set(['200', '201']));
    expect(accountsOf().slice(before)).toEqual([
      expect.objectContaining({ userId: frank.userId, id: before + 1 }),
    ]);
  });
});
