import { hash } from 'node:crypto';
import { accessTable } from 'nestjs-propelauth/testing';
import { beforeTests, startApplication } from '../../support/application.js';
import { issuer } from '../../support/guarded-application.js';
import { alice, bob } from '../../support/project.js';
import {
  type Attack,
  bearer,
  itRejects,
  send,
  type Sent,
  sendText,
  TEXTS_OF_NOBODY,
} from '../attacks.js';
import { graphqlModule } from '../../support/graphql.js';
import { ALBUMS_TABLE } from './access-table.js';
import { AlbumsModule } from './albums.module.js';
import { ScopedKeys } from './scoped-keys.js';

const start = () => startApplication({ imports: [AlbumsModule, graphqlModule()] });
const application = beforeTests(start);

const [ofAlice, ofBob, expired] = await Promise.all([
  issuer.accessToken(alice),
  issuer.accessToken(bob),
  issuer.accessToken(alice, { expiresInSeconds: -120 }),
]);

const LIST = 'GET /photos';
const REMOVE = 'DELETE /photos/beach';
const SHARE = 'share=open-sesame';
const COOKIE = `Cookie: album_access_token=${ofAlice}`;
const OWN_PAGE = 'Sec-Fetch-Site: same-origin';
const OTHER_PAGE = 'Sec-Fetch-Site: cross-site';
const key = (text: string): string => `X-Album-Key: ${text}`;

const invalid = (what: string, sent: Sent): Attack => [what, sent, 401, 'credential_invalid'];
const missing = (what: string, sent: Sent): Attack => [what, sent, 401, 'credential_missing'];

const operation = (query: string, variables = {}) => JSON.stringify({ query, variables });
const graphql = (query: string, ...headers: string[]): Sent => [
  'POST /graphql',
  headers,
  operation(query),
];
const PHOTOS = '{ photos { id } }';
const REMOVE_PHOTO = 'mutation { removePhoto(id: "beach") }';

describe('The table of the albums', () => {
  it('has all handlers, none of them public, and names what is exempt', () => {
    expect(accessTable(application.app)).toEqual(ALBUMS_TABLE);
  });

  it.each<[what: string, sent: Sent, answer: object]>([
    ['a user lists their photos', [LIST, [bearer(ofAlice)]], ['beach', 'desk']],
    ['a user lists them with the cookie', [LIST, [COOKIE]], ['beach', 'desk']],
    ['a user removes one', [REMOVE, [COOKIE, OWN_PAGE]], { removed: 'beach' }],
    [
      'a user removes one from another page of the application',
      [REMOVE, [COOKIE, 'Origin: https://albums.example.com']],
      { removed: 'beach' },
    ],
    ['a key that reads', [LIST, [key('reads')]], ['beach', 'desk']],
    ['a key that removes', [REMOVE, [key('all')]], { removed: 'beach' }],
    ['a link in the query', [`${LIST}?${SHARE}`], ['beach']],
    ['a link in the path', ['GET /shared/open-sesame'], ['beach']],
    ['a photo by a link', ['GET /shared/open-sesame/photos/beach'], { id: 'beach' }],
    ['a user asks GraphQL', graphql(PHOTOS, bearer(ofBob)), { photos: [{ id: 'party' }] }],
    ['a page asks GraphQL', graphql(PHOTOS, COOKIE, OWN_PAGE), { photos: [{ id: 'beach' }] }],
    ['a key asks GraphQL', graphql(PHOTOS, key('reads')), { photos: [{ id: 'beach' }] }],
    ['a key removes over GraphQL', graphql(REMOVE_PHOTO, key('all')), { removePhoto: 'beach' }],
    ['the library', ['GET /health'], { status: 'ok' }],
    ['the library, whatever is sent to it', ['GET /health', [bearer('x')]], { status: 'ok' }],
  ])('lets in: %s', async (_what, sent, answer) => {
    const { text } = await sendText(application.url, sent);
    expect(text).toContain(JSON.stringify(answer).replaceAll(/^{|[\]}]+$/g, ''));
  });
});

describe('A share link', () => {
  const inQuery = (query: string): Sent => [`${LIST}?${query}`];

  itRejects(application, inQuery(SHARE), [
    missing('nobody', [LIST]),
    missing('an empty one', inQuery('share=')),
    missing('one under another name', inQuery('shared=open-sesame')),
    missing('one under a name in capitals', inQuery('SHARE=open-sesame')),
    missing('one under __proto__', inQuery('__proto__[share]=open-sesame')),
    missing('one under constructor', inQuery('constructor[share]=open-sesame')),
    missing('one in a header', [LIST, ['share: open-sesame']]),
    missing('one in a cookie', [LIST, ['Cookie: share=open-sesame']]),
    missing('one in Referer', [LIST, [`Referer: https://api.example.com/photos?${SHARE}`]]),
    missing('one in the header of keys of PropelAuth', [LIST, ['X-API-Key: open-sesame']]),
    ['one after Bearer', [LIST, [bearer('open-sesame')]], 401, 'token_invalid'],
    [
      'one in the cookie of users',
      [LIST, ['Cookie: album_access_token=open-sesame']],
      401,
      'token_invalid',
    ],
    invalid('one in the header of keys', [LIST, [key('open-sesame')]]),
    invalid('a key in its place', inQuery('share=reads')),
    invalid('a token in its place', inQuery(`share=${ofAlice}`)),
    invalid('a guess', inQuery('share=guess')),
    invalid('one that has expired', inQuery('share=too-late')),
    invalid('one that has expired, in the path', ['GET /shared/too-late']),
    invalid('a guess in the path', ['GET /shared/guess']),
    invalid('one in capitals', inQuery('share=OPEN-SESAME')),
    invalid('its hash', inQuery(`share=${hash('sha256', 'open-sesame')}`)),
    invalid('a space after it', inQuery(`${SHARE}%20`)),
    invalid('a space after it, in the path', ['GET /shared/open-sesame%20']),
    invalid('a line after it', inQuery(`${SHARE}%0A`)),
    invalid('a null after it', inQuery(`${SHARE}%00`)),
    invalid('letters of another alphabet', inQuery('share=%D0%BEpen-sesame')),
    invalid('one encoded twice', inQuery('share=open%252Dsesame')),
    invalid('a slash after it, in the path', ['GET /shared/open-sesame%2F']),
    invalid('dots, in the path', ['GET /shared/%2e%2e%2fopen-sesame']),
    invalid('9,000 characters', inQuery(`share=${'a'.repeat(9_000)}`)),
    ['17,000 characters', inQuery(`share=${'a'.repeat(17_000)}`), 431],
    invalid('two of them', inQuery(`${SHARE}&${SHARE}`)),
    invalid('one and a guess', inQuery(`share=guess&${SHARE}`)),
    invalid('one in the query and one in the path', [`GET /shared/open-sesame?${SHARE}`]),
    invalid('one that has expired in the path and one in the query', [
      `GET /shared/too-late?${SHARE}`,
    ]),
    invalid('one and a key', [`${LIST}?${SHARE}`, [key('reads')]]),
    invalid('one and a token', [`${LIST}?${SHARE}`, [bearer(ofAlice)]]),
    invalid('one and the cookie of somebody', [`${LIST}?${SHARE}`, [COOKIE]]),
    ...TEXTS_OF_NOBODY.flatMap((text) => [
      invalid(`the text ${text}`, inQuery(`share=${encodeURIComponent(text)}`)),
      invalid(`the text ${text} in the path`, [`GET /shared/${encodeURIComponent(text)}`]),
    ]),
    ['a photo of another album', [`GET /photos/desk?${SHARE}`], 404, 'not_found'],
    [
      'a photo of another album, in the path',
      ['GET /shared/open-sesame/photos/desk'],
      404,
      'not_found',
    ],
    ['a photo of another user', ['GET /shared/open-sesame/photos/party'], 404, 'not_found'],
    ['a photo __proto__', ['GET /shared/open-sesame/photos/__proto__'], 404, 'not_found'],
    missing('one that removes a photo of its album', [`${REMOVE}?${SHARE}`]),
    [
      'one for GraphQL, in the query',
      [`POST /graphql?${SHARE}`, [], operation(PHOTOS)],
      200,
      'credential_missing',
    ],
    [
      'one for GraphQL, in the variables',
      ['POST /graphql', [], operation(PHOTOS, { share: 'open-sesame' })],
      200,
      'credential_missing',
    ],
    ['percent signs that nobody can read', ['GET /shared/%zz'], 400],
  ]);
});

describe('A key with scopes', () => {
  const withKey = (text: string, line = LIST): Sent => [line, [key(text)]];

  itRejects(application, withKey('all', REMOVE), [
    ['one without scopes', withKey('nothing'), 403, 'scope_missing'],
    ['one that only reads, to remove', withKey('reads', REMOVE), 403, 'scope_missing'],
    ['one without scopes, over GraphQL', graphql(PHOTOS, key('nothing')), 200, 'scope_missing'],
    [
      'one that only reads, to remove over GraphQL',
      graphql(REMOVE_PHOTO, key('reads')),
      200,
      'scope_missing',
    ],
    [
      'one that only reads, among operations that it may',
      graphql('mutation { a: removePhoto(id: "beach") }', key('reads')),
      200,
      'scope_missing',
    ],
    ['a photo of another user', withKey('all', 'DELETE /photos/party'), 404, 'not_found'],
    ['a photo that is not there', withKey('all', 'DELETE /photos/none'), 404, 'not_found'],
    [
      'a photo of another user, over GraphQL',
      graphql(REMOVE_PHOTO.replace('beach', 'party'), key('all')),
      200,
      'not_found',
    ],
    ['the link of an album', withKey('all', 'GET /shared/guess'), 401, 'credential_invalid'],
    missing('one in the query', [`${REMOVE}?x-album-key=all`]),
    missing('one in a cookie', [REMOVE, ['Cookie: x-album-key=all', OWN_PAGE]]),
    missing('one in X-API-Key', [REMOVE, ['X-API-Key: all']]),
    missing('one in a header with an underscore', [REMOVE, ['X_Album_Key: all']]),
    missing('one in the body', [REMOVE, [], JSON.stringify({ 'x-album-key': 'all' })]),
    ['one after Bearer', [REMOVE, [bearer('all')]], 401, 'token_invalid'],
    [
      'one in the cookie of users',
      [REMOVE, ['Cookie: album_access_token=all', OWN_PAGE]],
      401,
      'token_invalid',
    ],
    ['one after Bearer, over GraphQL', graphql(PHOTOS, bearer('all')), 200, 'token_invalid'],
    invalid('two of them', [REMOVE, [key('all'), key('all')]]),
    invalid('two, the other in another case', [REMOVE, [key('reads'), 'x-ALBUM-key: all']]),
    invalid('two in one header', withKey('reads, all', REMOVE)),
    invalid('one and a token', [REMOVE, [key('all'), bearer(ofBob)]]),
    invalid('one and the cookie of somebody', [REMOVE, [key('reads'), COOKIE, OWN_PAGE]]),
    [
      'one and a token, over GraphQL',
      graphql(PHOTOS, key('reads'), bearer(ofAlice)),
      200,
      'credential_invalid',
    ],
    ['two, over GraphQL', graphql(PHOTOS, key('reads'), key('all')), 200, 'credential_invalid'],
    invalid('an empty one', withKey('', REMOVE)),
    invalid('its hash', withKey(hash('sha256', 'all'), REMOVE)),
    invalid('its id', withKey('2', REMOVE)),
    invalid('one in capitals', withKey('ALL', REMOVE)),
    invalid('one with an invisible character', withKey('all\u200b', REMOVE)),
    ...TEXTS_OF_NOBODY.map((text) => invalid(`the text ${text}`, withKey(text, REMOVE))),
  ]);

  it('is rejected once it is revoked, over HTTP and GraphQL', async () => {
    const other = await start();
    expect(await send(other.url, withKey('reads'))).toMatchObject({ status: 200 });
    other.app.get(ScopedKeys).revoke('reads');
    const code = 'credential_invalid';
    expect(await send(other.url, withKey('reads'))).toEqual({ status: 401, code });
    expect(await send(other.url, graphql(PHOTOS, key('reads')))).toEqual({ status: 200, code });
  });
});

describe('A cookie or a header', () => {
  const foreign = (what: string, ...headers: string[]): Attack => [
    what,
    [REMOVE, [COOKIE, ...headers]],
    403,
    'access_denied',
  ];

  itRejects(application, graphql(PHOTOS, COOKIE, OWN_PAGE), [
    foreign('a page of another site', OTHER_PAGE),
    foreign('another subdomain', 'Sec-Fetch-Site: same-site'),
    foreign('a page that does not say where from'),
    foreign('a longer origin', 'Origin: https://albums.example.com.evil.example'),
    foreign('an allowed origin without TLS', 'Origin: http://albums.example.com'),
    foreign('two origins', 'Origin: https://albums.example.com', 'Origin: https://evil.example'),
    [
      'a page of another site that asks GraphQL',
      graphql(PHOTOS, COOKIE, OTHER_PAGE),
      200,
      'access_denied',
    ],
    [
      'a page of another site that changes something over GraphQL',
      graphql(REMOVE_PHOTO, COOKIE, OTHER_PAGE),
      200,
      'access_denied',
    ],
    [
      'a page that does not say where from, over GraphQL',
      graphql(PHOTOS, COOKIE),
      200,
      'access_denied',
    ],
    invalid('different users', [LIST, [COOKIE, bearer(ofBob)]]),
    invalid('two cookies of different users', [LIST, [`${COOKIE}; album_access_token=${ofBob}`]]),
    [
      'different users, over GraphQL',
      graphql(PHOTOS, COOKIE, OWN_PAGE, bearer(ofBob)),
      200,
      'credential_invalid',
    ],
    ['a token that has expired', [LIST, [bearer(expired)]], 401, 'token_expired'],
    [
      'a token that has expired, over GraphQL',
      graphql(PHOTOS, bearer(expired)),
      200,
      'token_expired',
    ],
    ['nobody, over GraphQL', graphql(PHOTOS), 200, 'credential_missing'],
    ['the photo of another', ['GET /photos/party', [COOKIE]], 404, 'not_found'],
    [
      'the photo of another, to remove it',
      ['DELETE /photos/party', [bearer(ofAlice)]],
      404,
      'not_found',
    ],
    [
      'the token in the query',
      [`${LIST}?album_access_token=${ofAlice}`],
      401,
      'credential_missing',
    ],
    ['a path beside that of the library', ['GET /health/details', [COOKIE]], 404],
    ['HEAD without a credential', ['HEAD /photos'], 401],
  ]);
});
