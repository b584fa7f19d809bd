import { hash } from 'node:crypto';
import { accessTable } from 'nestjs-propelauth/testing';
import { beforeTests, startApplication } from '../../support/application.js';
import { issuer } from '../../support/guarded-application.js';
import { alice, bob } from '../../support/project.js';
import { bearer, itRejects, ofNobody, send, type Sent, sendText } from '../attacks.js';
import { graphqlModule } from '../../support/graphql.js';
import { ALBUMS_TABLE, AlbumsModule, ScopedKeys } from './albums.js';

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

  itRejects(application, inQuery(SHARE), {
    '401 credential_missing': {
      nobody: [LIST],
      'an empty one': inQuery('share='),
      'one under another name': inQuery('shared=open-sesame'),
      'one under a name in capitals': inQuery('SHARE=open-sesame'),
      'one under __proto__': inQuery('__proto__[share]=open-sesame'),
      'one under constructor': inQuery('constructor[share]=open-sesame'),
      'one in a header': [LIST, ['share: open-sesame']],
      'one in a cookie': [LIST, ['Cookie: share=open-sesame']],
      'one in Referer': [LIST, [`Referer: https://api.example.com/photos?${SHARE}`]],
      'one in the header of keys of PropelAuth': [LIST, ['X-API-Key: open-sesame']],
      'one that removes a photo of its album': [`${REMOVE}?${SHARE}`],
    },
    '401 token_invalid': {
      'one after Bearer': [LIST, [bearer('open-sesame')]],
      'one in the cookie of users': [LIST, ['Cookie: album_access_token=open-sesame']],
    },
    '401 credential_invalid': {
      'one in the header of keys': [LIST, [key('open-sesame')]],
      'a key in its place': inQuery('share=reads'),
      'a token in its place': inQuery(`share=${ofAlice}`),
      'a guess': inQuery('share=guess'),
      'one that has expired': inQuery('share=too-late'),
      'one that has expired, in the path': ['GET /shared/too-late'],
      'a guess in the path': ['GET /shared/guess'],
      'one in capitals': inQuery('share=OPEN-SESAME'),
      'its hash': inQuery(`share=${hash('sha256', 'open-sesame')}`),
      'a space after it': inQuery(`${SHARE}%20`),
      'a space after it, in the path': ['GET /shared/open-sesame%20'],
      'a line after it': inQuery(`${SHARE}%0A`),
      'a null after it': inQuery(`${SHARE}%00`),
      'letters of another alphabet': inQuery('share=%D0%BEpen-sesame'),
      'one encoded twice': inQuery('share=open%252Dsesame'),
      'a slash after it, in the path': ['GET /shared/open-sesame%2F'],
      'dots, in the path': ['GET /shared/%2e%2e%2fopen-sesame'],
      '9,000 characters': inQuery(`share=${'a'.repeat(9_000)}`),
      'two of them': inQuery(`${SHARE}&${SHARE}`),
      'one and a guess': inQuery(`share=guess&${SHARE}`),
      'one in the query and one in the path': [`GET /shared/open-sesame?${SHARE}`],
      'one that has expired in the path and one in the query': [`GET /shared/too-late?${SHARE}`],
      'one and a key': [`${LIST}?${SHARE}`, [key('reads')]],
      'one and a token': [`${LIST}?${SHARE}`, [bearer(ofAlice)]],
      'one and the cookie of somebody': [`${LIST}?${SHARE}`, [COOKIE]],
      ...ofNobody((text) => inQuery(`share=${encodeURIComponent(text)}`)),
      ...ofNobody((text) => [`GET /shared/${encodeURIComponent(text)}`], ' in the path'),
    },
    '431': { '17,000 characters': inQuery(`share=${'a'.repeat(17_000)}`) },
    '404 not_found': {
      'a photo of another album': [`GET /photos/desk?${SHARE}`],
      'a photo of another album, in the path': ['GET /shared/open-sesame/photos/desk'],
      'a photo of another user': ['GET /shared/open-sesame/photos/party'],
      'a photo __proto__': ['GET /shared/open-sesame/photos/__proto__'],
    },
    '200 credential_missing': {
      'one for GraphQL, in the query': [`POST /graphql?${SHARE}`, [], operation(PHOTOS)],
      'one for GraphQL, in the variables': [
        'POST /graphql',
        [],
        operation(PHOTOS, { share: 'open-sesame' }),
      ],
    },
    '400': { 'percent signs that nobody can read': ['GET /shared/%zz'] },
  });
});

describe('A key with scopes', () => {
  const withKey = (text: string, line = LIST): Sent => [line, [key(text)]];

  itRejects(application, withKey('all', REMOVE), {
    '403 scope_missing': {
      'one without scopes': withKey('nothing'),
      'one that only reads, to remove': withKey('reads', REMOVE),
    },
    '200 scope_missing': {
      'one without scopes, over GraphQL': graphql(PHOTOS, key('nothing')),
      'one that only reads, to remove over GraphQL': graphql(REMOVE_PHOTO, key('reads')),
      'one that only reads, among operations that it may': graphql(
        'mutation { a: removePhoto(id: "beach") }',
        key('reads'),
      ),
    },
    '404 not_found': {
      'a photo of another user': withKey('all', 'DELETE /photos/party'),
      'a photo that is not there': withKey('all', 'DELETE /photos/none'),
    },
    '200 not_found': {
      'a photo of another user, over GraphQL': graphql(
        REMOVE_PHOTO.replace('beach', 'party'),
        key('all'),
      ),
    },
    '401 credential_invalid': {
      'the link of an album': withKey('all', 'GET /shared/guess'),
      'two of them': [REMOVE, [key('all'), key('all')]],
      'two, the other in another case': [REMOVE, [key('reads'), 'x-ALBUM-key: all']],
      'two in one header': withKey('reads, all', REMOVE),
      'one and a token': [REMOVE, [key('all'), bearer(ofBob)]],
      'one and the cookie of somebody': [REMOVE, [key('reads'), COOKIE, OWN_PAGE]],
      'an empty one': withKey('', REMOVE),
      'its hash': withKey(hash('sha256', 'all'), REMOVE),
      'its id': withKey('2', REMOVE),
      'one in capitals': withKey('ALL', REMOVE),
      'one with an invisible character': withKey('all\u200b', REMOVE),
      ...ofNobody((text) => withKey(text, REMOVE)),
    },
    '401 credential_missing': {
      'one in the query': [`${REMOVE}?x-album-key=all`],
      'one in a cookie': [REMOVE, ['Cookie: x-album-key=all', OWN_PAGE]],
      'one in X-API-Key': [REMOVE, ['X-API-Key: all']],
      'one in a header with an underscore': [REMOVE, ['X_Album_Key: all']],
      'one in the body': [REMOVE, [], JSON.stringify({ 'x-album-key': 'all' })],
    },
    '401 token_invalid': {
      'one after Bearer': [REMOVE, [bearer('all')]],
      'one in the cookie of users': [REMOVE, ['Cookie: album_access_token=all', OWN_PAGE]],
    },
    '200 token_invalid': { 'one after Bearer, over GraphQL': graphql(PHOTOS, bearer('all')) },
    '200 credential_invalid': {
      'one and a token, over GraphQL': graphql(PHOTOS, key('reads'), bearer(ofAlice)),
      'two, over GraphQL': graphql(PHOTOS, key('reads'), key('all')),
    },
  });

  it('is rejected once it is revoked, over HTTP and GraphQL', async () => {
    const other = await start();
    expect(await send(other.url, withKey('reads'))).toBe('200');
    other.app.get(ScopedKeys).revoke('reads');
    expect(await send(other.url, withKey('reads'))).toBe('401 credential_invalid');
    expect(await send(other.url, graphql(PHOTOS, key('reads')))).toBe('200 credential_invalid');
  });
});

describe('A cookie or a header', () => {
  itRejects(application, graphql(PHOTOS, COOKIE, OWN_PAGE), {
    '403 access_denied': {
      'a page of another site': [REMOVE, [COOKIE, OTHER_PAGE]],
      'another subdomain': [REMOVE, [COOKIE, 'Sec-Fetch-Site: same-site']],
      'a page that does not say where from': [REMOVE, [COOKIE]],
      'a longer origin': [REMOVE, [COOKIE, 'Origin: https://albums.example.com.evil.example']],
      'an allowed origin without TLS': [REMOVE, [COOKIE, 'Origin: http://albums.example.com']],
      'two origins': [
        REMOVE,
        [COOKIE, 'Origin: https://albums.example.com', 'Origin: https://evil.example'],
      ],
    },
    '200 access_denied': {
      'a page of another site that asks GraphQL': graphql(PHOTOS, COOKIE, OTHER_PAGE),
      'a page of another site that changes something over GraphQL': graphql(
        REMOVE_PHOTO,
        COOKIE,
        OTHER_PAGE,
      ),
      'a page that does not say where from, over GraphQL': graphql(PHOTOS, COOKIE),
    },
    '401 credential_invalid': {
      'different users': [LIST, [COOKIE, bearer(ofBob)]],
      'two cookies of different users': [LIST, [`${COOKIE}; album_access_token=${ofBob}`]],
    },
    '200 credential_invalid': {
      'different users, over GraphQL': graphql(PHOTOS, COOKIE, OWN_PAGE, bearer(ofBob)),
    },
    '401 token_expired': { 'a token that has expired': [LIST, [bearer(expired)]] },
    '200 token_expired': {
      'a token that has expired, over GraphQL': graphql(PHOTOS, bearer(expired)),
    },
    '200 credential_missing': { 'nobody, over GraphQL': graphql(PHOTOS) },
    '404 not_found': {
      'the photo of another': ['GET /photos/party', [COOKIE]],
      'the photo of another, to remove it': ['DELETE /photos/party', [bearer(ofAlice)]],
    },
    '401 credential_missing': {
      'the token in the query': [`${LIST}?album_access_token=${ofAlice}`],
    },
    '404': { 'a path beside that of the library': ['GET /health/details', [COOKIE]] },
    '401': { 'HEAD without a credential': ['HEAD /photos'] },
  });
});
