import { fake } from '../../test/support/fake.js';
import type { CoreCredentialPlace, CoreKind } from './core-kind.js';
import {
  challengeOfSchemes,
  hasBearer,
  OPAQUE_BEARER,
  overlapIn,
  placeInWords,
  sharedPlace,
  TOKENS_OF_USERS,
} from './credential-places.js';

const kindIn = (...credential: CoreCredentialPlace[]) => fake<CoreKind>({ credential });
const jwt = (
  claims: { iss: string | null; [claim: string]: string | null },
  scheme = 'Bearer',
) => ({
  scheme,
  claims,
});
const text = (prefix: string, scheme = 'Bearer') => ({ scheme, prefix });
const inCookie = { cookie: 'session', allowedOrigins: new Set<string>() };

describe('A place of a credential', () => {
  it.each<[string, CoreCredentialPlace]>([
    ['the header x-key', { header: 'X-Key' }],
    ['the cookie session', inCookie],
    ['the query parameter key', { query: 'key' }],
    ['the path parameter key', { path: 'key' }],
    ['opaque text after Bearer', OPAQUE_BEARER],
    ['opaque text after ApiKey that begins with a.', text('a.', 'ApiKey')],
    ['the access token', TOKENS_OF_USERS],
    ['tokens of https://a.example', jwt({ iss: 'https://a.example' })],
    [
      'tokens without an issuer after JWT, type a, no use',
      jwt({ iss: null, type: 'a', use: null }, 'JWT'),
    ],
  ])('is called %s', (words, place) => {
    expect(placeInWords(place)).toBe(words);
  });

  it.each<[string, CoreCredentialPlace, CoreCredentialPlace, boolean]>([
    ['a header in another case', { header: 'X-Key' }, { header: 'x-key' }, true],
    ['another header', { header: 'x-key' }, { header: 'x-token' }, false],
    ['a header and a scheme', { header: 'x-key' }, OPAQUE_BEARER, false],
    ['a scheme in another case', text('', 'ApiKey'), text('', 'apikey'), true],
    ['another scheme', text('', 'ApiKey'), text('', 'ApiKeys'), false],
    ['any text and a prefix', text('a', 'ApiKey'), text('', 'apikey'), true],
    ['the same prefix', text('a.'), text('a.'), true],
    ['a longer prefix', text('a.'), text('a.b'), true],
    ['two prefixes', text('a.'), text('b.'), false],
    ['a prefix with the other at its end', text('a.b'), text('b'), false],
    ['text and tokens', OPAQUE_BEARER, TOKENS_OF_USERS, false],
    ['text and tokens of others', text('a.'), jwt({ iss: 'a' }), false],
    ['tokens of users and of others', TOKENS_OF_USERS, jwt({ iss: 'a' }), false],
    ['tokens of users', TOKENS_OF_USERS, TOKENS_OF_USERS, true],
    ['tokens of one issuer', jwt({ iss: 'a' }), jwt({ iss: 'a', type: 'b' }), true],
    ['tokens of two issuers', jwt({ iss: 'a' }), jwt({ iss: 'b' }), false],
    ['tokens of no purpose', jwt({ iss: 'a', type: null }), jwt({ iss: 'a' }), true],
    ['a purpose and none', jwt({ iss: null, type: 'a' }), jwt({ iss: null, type: null }), false],
    ['two claims', jwt({ iss: null, type: 'a' }), jwt({ iss: null, use: 'b' }), true],
    ['tokens with two purposes', jwt({ iss: 'a', type: 'a' }), jwt({ iss: 'a', type: 'b' }), false],
  ])('is shared or not: %s', (_what, one, other, isShared) => {
    const found = isShared ? placeInWords(one) : undefined;
    expect(sharedPlace(kindIn({ query: 'a' }, one), kindIn(other, { query: 'b' }))).toBe(found);
    expect(sharedPlace(kindIn(other), kindIn(one)) === undefined).toBe(!isShared);
    const both = isShared ? `${placeInWords(one)}, and ${placeInWords(other)}` : undefined;
    expect(overlapIn([{ query: 'a' }, one, { path: 'a' }, other])).toBe(both);
  });
});

it.each<[string, CoreKind, string | undefined, boolean]>([
  ['no scheme', kindIn({ header: 'x-key' }), undefined, false],
  ['Bearer', kindIn(OPAQUE_BEARER), undefined, true],
  [
    'two schemes',
    kindIn(text('', 'ApiKey'), { header: 'a' }, OPAQUE_BEARER),
    'ApiKey, Bearer',
    true,
  ],
  ['one scheme twice', kindIn(text('a', 'ApiKey'), text('b', 'ApiKey')), 'ApiKey', false],
])('The challenge of a kind with %s is that of its schemes', (_what, kind, challenge, isBearer) => {
  expect(challengeOfSchemes(kind)).toBe(challenge);
  expect(hasBearer(kind)).toBe(isBearer);
});
