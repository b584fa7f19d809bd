import { fake } from '../../test/support/fake.js';
import { Rejection } from '../rejections/rejection.js';
import type { Call } from '../transports/call.js';
import type { CoreCredentialPlace, CoreKind } from './core-kind.js';
import { OPAQUE_BEARER, TOKENS_OF_USERS } from './credential-places.js';
import { findCredential } from './credentials.js';
import { explainRejection } from './unaccepted-credential.js';

const kindIn = (name: string, ...credential: CoreCredentialPlace[]): CoreKind =>
  fake<CoreKind>({ name, credential, missing: 'credential_missing' });

const inQuery = kindIn('query', { query: 'share' });
const inPath = kindIn('path', { path: 'share' });

/** The credential of a request with this query, or the reason why there is none. */
function foundIn(query: unknown, kinds: readonly CoreKind[] = [inQuery]): unknown {
  const call = fake<Call>({ part: (part) => (part === 'query' ? query : undefined) });
  try {
    return findCredential(call, kinds, () => undefined)?.text;
  } catch (error) {
    return error instanceof Rejection ? error.reason : error;
  }
}

describe('A credential in a parameter', () => {
  it.each<[string, unknown, unknown]>([
    ['is found', { share: 'abc' }, 'abc'],
    ['is missing if it is empty', { share: '' }, undefined],
    ['is missing if another one is there', { other: 'abc' }, undefined],
    ['is missing if only the prototype has it', Object.create({ share: 'abc' }), undefined],
    ['is ambiguous if it is there several times', { share: ['a', 'b'] }, 'credentials_ambiguous'],
    ['is missing if the call has no such part', undefined, undefined],
    ['is missing if the part is null', null, undefined],
    ['is missing if the part is a string', 'share=abc', undefined],
  ])('%s', (_what, query, found) => {
    expect(foundIn(query)).toBe(found);
  });

  it('is that of the kind whose place it is', () => {
    expect(foundIn({ share: 'abc' }, [inPath, inQuery])).toBe('abc');
    expect(foundIn({ share: 'abc' }, [inPath])).toBeUndefined();
  });
});

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (claims: object) => `${encoded({ alg: 'none' })}.${encoded(claims)}.signature`;
const LONGEST = 16_384;

/** A token of this many characters. */
function tokenOfLength(length: number): string {
  const token = tokenOf({ iss: 'a' });
  return token + 'x'.repeat(length - token.length);
}

const user = kindIn('user', TOKENS_OF_USERS);
const keys = kindIn('key', { header: 'x-key' }, OPAQUE_BEARER);
const inHeader = kindIn('header', { header: 'x-header' });
const inCookie = kindIn('cookie', { cookie: 'session', allowedOrigins: new Set() });
const anyText = kindIn('text', { scheme: 'Bearer', prefix: '' });
const prefixed = kindIn('prefixed', { scheme: 'Bearer', prefix: 'pat.' });
const ofA = kindIn('token-of-a', { scheme: 'Bearer', claims: { iss: 'a' } });
const apiKey = kindIn('scheme', { scheme: 'ApiKey', prefix: '' });
const jwt = kindIn('jwt', { scheme: 'JWT', claims: { iss: 'a' } });
const both = kindIn(
  'both',
  { scheme: 'ApiKey', prefix: '' },
  { scheme: 'Bearer', prefix: 'pat.' },
  { scheme: 'Bearer', claims: { iss: 'a' } },
);
const finding = fake<CoreKind>({ ...kindIn('finding'), find: () => 'found by itself' });

interface Sent {
  readonly headers: Record<string, string>;
  readonly rawHeaders?: string[];
}

/** The kind and the text of the credential, or the reason why there is none. `token` is what the source of tokens finds. */
function credentialIn(kinds: readonly CoreKind[], sent: Sent, token?: string): unknown {
  const call = fake<Call>({ request: sent, httpRequest: sent, part: () => undefined });
  try {
    const credential = findCredential(call, kinds, () => token);
    return credential && [credential.kind.name, credential.text];
  } catch (error) {
    return error instanceof Rejection ? error.reason : error;
  }
}

const bearer = (text: string): Sent => ({ headers: { authorization: `Bearer ${text}` } });
const after = (authorization: string, more = {}): Sent => ({ headers: { authorization, ...more } });
const twice = ['Authorization', 'ApiKey 1', 'Authorization', 'ApiKey 2'];

describe('A credential of several kinds', () => {
  const [tokenOfA, tokenOfB] = [tokenOf({ iss: 'a' }), tokenOf({ iss: 'b' })];
  const tooLong = tokenOfLength(LONGEST + 1);

  const AMBIGUOUS = 'credentials_ambiguous';
  const INVALID = 'credential_invalid';
  const MALFORMED = 'token_malformed';
  const beside = (authorization: string) => after(authorization, { 'x-header': '1' });
  const fromSite = (site: string, more = {}) => after('', { 'sec-fetch-site': site, ...more });
  const cookie = { cookie: 'session=1' };
  const sentTwice = (more = {}): Sent => ({ ...after('ApiKey 1', more), rawHeaders: twice });

  it.each<[string, readonly CoreKind[], Sent, unknown]>([
    ['nobody', [], bearer('1'), undefined],
    ['a kind that finds it itself', [finding], bearer('1'), ['finding', 'found by itself']],
    ['such a kind beside others', [finding, inHeader], beside(''), ['header', '1']],
    ['a cookie', [inCookie, user], fromSite('same-origin', cookie), ['cookie', '1']],
    ['a cookie of another site', [inCookie], fromSite('cross-site', cookie), 'origin_not_allowed'],
    ['another site without the cookie', [inCookie], fromSite('cross-site'), undefined],
    ['a cookie called undefined', [apiKey], after('Basic 1', { cookie: 'undefined=1' }), undefined],
    ['two places', [inHeader, apiKey], beside('ApiKey 1'), AMBIGUOUS],
    ['a scheme', [inHeader, apiKey], after('apikey 1.2.3'), ['scheme', '1.2.3']],
    ['a scheme twice', [inHeader, apiKey], sentTwice(), MALFORMED],
    [
      'a header beside a scheme twice',
      [inHeader, user],
      sentTwice({ 'x-header': '1' }),
      ['header', '1'],
    ],
    ['a token, where another scheme is', [apiKey], after(`ApiKey ${tokenOfA}`), INVALID],
    ['a token after its own scheme', [jwt, user], after(`JWT ${tokenOfA}`), ['jwt', tokenOfA]],
    ['a token of another issuer after it', [jwt], after(`JWT ${tokenOfB}`), INVALID],
    ['a token of the longest length', [apiKey], after(`ApiKey ${tokenOfLength(LONGEST)}`), INVALID],
    ['text that is longer', [apiKey], after(`ApiKey ${tooLong}`), ['scheme', tooLong]],
    ['two spaces after a scheme', [apiKey], after('ApiKey  1'), INVALID],
    ['a token of an issuer elsewhere', [anyText, ofA], bearer(tokenOfA), undefined],
  ])('is found or not: %s', (_what, kinds, sent, expected) => {
    expect(credentialIn(kinds, sent)).toEqual(expected);
  });

  it.each<[string, readonly CoreKind[], string, unknown]>([
    ['a token beside text of PropelAuth', [user, keys], tokenOfA, ['user', tokenOfA]],
    ['an API key beside tokens', [user, keys], 'key', ['key', 'key']],
    ['an API key with the dots of a token', [keys], '1.2.3', undefined],
    ['any text with the dots of a token', [anyText], '1.2.3', ['text', '1.2.3']],
    ['the same, where tokens are accepted', [anyText, user], '1.2.3', ['user', '1.2.3']],
    ['the same, with a prefix', [prefixed, user], 'pat.2.3', ['prefixed', 'pat.2.3']],
    ['text without the prefix', [prefixed], '1', INVALID],
    ['a token, where text is accepted', [anyText], tokenOfA, INVALID],
    ['a token of an issuer', [anyText, ofA], tokenOfA, ['token-of-a', tokenOfA]],
    ['a token of an issuer beside users', [user, ofA], tokenOfA, ['token-of-a', tokenOfA]],
    ['a token of another issuer', [user, ofA], tokenOfB, ['user', tokenOfB]],
    ['a token of another issuer without users', [ofA], tokenOfB, INVALID],
    ['a token of a kind with several places', [both], tokenOfA, ['both', tokenOfA]],
    ['nothing', [anyText], '', MALFORMED],
    ['two spaces', [anyText], ' 1', MALFORMED],
  ])('is found or not after Bearer, where tokens are: %s', (_what, kinds, text, expected) => {
    expect(credentialIn(kinds, bearer(text), text)).toEqual(expected);
  });

  it('is found or not beside a token that is elsewhere', () => {
    expect(credentialIn([prefixed, user], bearer(''), tokenOfA)).toEqual(['user', tokenOfA]);
    expect(credentialIn([apiKey, user], after('ApiKey 1'), tokenOfA)).toBe(AMBIGUOUS);
  });

  it('names the option with the origins that may send a cookie', () => {
    const headers = { cookie: 'session=1', 'sec-fetch-site': 'cross-site' };
    const call = fake<Call>({ request: { headers }, httpRequest: { headers } });
    expect(() => findCredential(call, [inCookie], () => undefined)).toThrow(
      'of those in allowedOrigins of the kind of callers.',
    );
  });
});

describe('A rejection for a missing credential', () => {
  const users = fake<CoreKind>({ ...user, missing: 'token_missing' });
  const ofKeys = fake<CoreKind>({ ...keys, missing: 'api_key_missing' });
  const explain = (
    accepted: readonly CoreKind[],
    { headers }: Sent,
    error: Rejection,
    readsBearer = true,
  ) =>
    explainRejection(
      error,
      { headers },
      { accepted, wellKnown: [users, ofKeys] },
      readsBearer,
    ) as Rejection;
  const noToken = new Rejection('token_missing');
  const noKey = new Rejection('api_key_missing');
  const nothing = new Rejection('credential_missing');
  const malformed = new Rejection('token_malformed');
  const expired = new Rejection('token_expired');
  const LONG = 'a'.repeat(20);

  const withKey = after('', { 'x-key': '1' });

  it.each<[string, readonly CoreKind[], Sent, Rejection]>([
    ['the header x-key. The route accepts query, user', [inQuery, users], withKey, noToken],
    ['opaque text after Bearer. The route accepts user', [users], bearer(LONG), noToken],
    // A malformed token that looks like a key.
    ['opaque text after Bearer. The route accepts user', [users], bearer(LONG), malformed],
    ['the access token. The route accepts key', [ofKeys], bearer('1.2.3'), noKey],
  ])('says that the request has a credential of another kind: %s', (words, kinds, sent, error) => {
    expect(explain(kinds, sent, error)).toMatchObject({
      reason: 'kind_not_accepted',
      detail: `The request has a credential of another kind, ${words}`,
    });
  });

  it.each<[string, readonly CoreKind[], Sent, Rejection]>([
    ['nothing else is there', [inQuery, users], after(''), noToken],
    ['no accepted kind misses its own', [users], withKey, noKey],
    ['it is rejected for another reason', [users], withKey, expired],
    ['a malformed token is beside a key', [users], withKey, malformed],
    ['a kind finds its credential itself', [users, finding], withKey, noToken],
    ['the text is too short for a key', [users], bearer('a'.repeat(19)), malformed],
    ['the text has a space', [users], bearer(`${LONG} ${LONG}`), malformed],
    ['the text ends with a letter of another alphabet', [users], bearer(`${LONG}а`), malformed],
    ['the text of a key was rejected already', [users], bearer(LONG), expired],
    ['one of several schemes is the right one', [users, apiKey], after('ApiKey 1'), nothing],
    ['the header is no text', [users], { headers: { authorization: 7 as never } }, malformed],
    ['no accepted kind has a scheme', [inHeader], after('Basic 1'), nothing],
    ['the scheme is the right one', [apiKey], after('apikey'), nothing],
  ])('says nothing more if %s', (_what, kinds, sent, error) => {
    expect(explain(kinds, sent, error)).toBe(error);
  });

  it('says with which schemes the header has to begin, unless tokens are elsewhere', () => {
    const explained = (readsBearer: boolean) =>
      explain([users, apiKey, anyText], after('Basic 1'), nothing, readsBearer).detail;
    expect(explained(true)).toBe(
      'The Authorization header does not begin with "Bearer " or "ApiKey "',
    );
    expect(explained(false)).toBe('The Authorization header does not begin with "ApiKey "');
    expect(explain([users], after('Basic 1'), noToken, false)).toBe(noToken);
    expect(explain([users], after('Basic 1'), malformed)).toBe(malformed);
  });
});
