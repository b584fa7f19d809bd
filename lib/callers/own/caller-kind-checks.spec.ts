import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { checkCallerKind } from './caller-kind-checks.js';

const ISSUER = 'https://auth.example.com';
const service = {
  name: 'service',
  credential: [{ header: 'x-service-token' }] as unknown,
  challenge: 'ServiceToken realm="api"' as string | undefined,
  identify: () => undefined,
  key: () => undefined,
  scopes: () => [],
};

/** Checks services that differ by this, in an application with robots. */
const check = (change: unknown) =>
  checkCallerKind('callerKinds[0]', { ...service, ...(change as object) } as never, {
    taken: ['robot'],
    issuer: ISSUER,
  });

function expectMistake(make: () => unknown, message: string): void {
  expect(make).toThrow(PropelAuthConfigurationError);
  expect(make).toThrow(/^callerKinds\[0\]/);
  expect(make).toThrow(message);
}

describe('A kind of callers', () => {
  it.each<[string, unknown]>([
    ['a text', 'service'],
    ['null', null],
    ['a factory', () => service],
  ])('is an object: not %s', (_what, kind) => {
    const make = () => checkCallerKind('callerKinds[0]', kind as never, { taken: [], issuer: '' });
    expectMistake(make, 'is not a kind of callers. Set it to a provider class that implements');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no name', { name: undefined }, 'has no usable name. Set it to lower case letters'],
    ['a reserved name', { name: 'public' }, 'has no usable name'],
    ['a name in upper case', { name: 'Service' }, 'has no usable name'],
    ['a name with the word or', { name: 'this-or-that' }, 'has no usable name'],
    ['a name of PropelAuth', { name: 'user' }, "has the name 'user' of another kind"],
    ['a name that is taken', { name: 'robot' }, "has the name 'robot' of another kind"],
    ['no identify()', { identify: undefined }, "('service') has no function identify()."],
    ['a key that is a text', { key: 'id' }, "('service') has no function key()."],
    ['a list of scopes', { scopes: ['a'] }, 'has a property scopes that is not a function.'],
    [
      'issuedAt() alone',
      { issuedAt: () => new Date(0) },
      'has issuedAt(), which has no effect without userId(). Add userId(), or remove it.',
    ],
    [
      'activeOrgId() alone',
      { activeOrgId: () => 'a' },
      'has activeOrgId(), which has no effect without memberships()',
    ],
    [
      'scopeHierarchy alone',
      { scopes: undefined, scopeHierarchy: { a: [] } },
      'has a scopeHierarchy without effect. Set it to an object such as',
    ],
    [
      'a list of scopeHierarchy',
      { scopeHierarchy: ['a', 'b'] },
      'has a scopeHierarchy without effect. Set it to an object such as',
    ],
    [
      'a challenge of two lines',
      { challenge: 'A\r\nB' },
      'has a challenge that is not a header value',
    ],
    ['no place', { credential: [] }, 'names no place of its credential'],
    ['no list', { credential: { header: 'x-a' } }, 'names no place of its credential'],
    [
      'passwords without a realm',
      { credential: [{ header: 'x-a' }, { scheme: 'basic' }], challenge: undefined },
      'has the scheme Basic, and no realm. Set challenge',
    ],
    [
      'one place within the other',
      {
        credential: [
          { scheme: 'Bearer', prefix: 'pat' },
          { scheme: 'bearer', prefix: 'pat.' },
        ],
      },
      'has two places for one credential (opaque text after Bearer that begins with pat, and ' +
        'opaque text after bearer that begins with pat.). Remove one of them, or give it another scheme, prefix or claim.',
    ],
    [
      'one header twice',
      { credential: [{ query: 'a' }, { header: 'x-a' }, { cookie: 'a' }, { header: 'X-A' }] },
      'has two places for one credential (the header x-a, and the header x-a).',
    ],
  ])('cannot have %s', (_what, change, message) => {
    expectMistake(() => check(change), message);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a challenge of one letter', { challenge: 'A' }],
    ['a realm', { credential: [{ scheme: 'Basic' }], challenge: 'Basic realm="a"' }],
    ['functions of its own', { scopes: undefined, userId: () => 'a', issuedAt: () => new Date(0) }],
  ])('can have %s', (_what, change) => {
    expect(check(change)).toHaveLength(1);
  });
});

const claims = (one: object) => ({ scheme: 'Bearer', claims: one });

describe('A place of a credential', () => {
  const NOT_ONE = 'each place has one of header, cookie, query, path and scheme';
  const UNDEFINED = 'a property of it is undefined. Set it, or leave it out.';
  const OTHER_KINDS = 'has credentials of other kinds';
  const PREFIX = 'its prefix is not visible text';
  const CLAIM = 'each of its claims is a string, or null';

  it.each<[string, unknown, string]>([
    ['an unknown one', { body: 'token' }, 'there is no place body'],
    ['of a form that is gone', { bearer: 'opaque' }, 'there is no place bearer'],
    ['two in one', { header: 'x-a', query: 'a' }, NOT_ONE],
    ['null', null, NOT_ONE],
    [
      'the header of tokens',
      { header: 'Authorization' },
      `the header Authorization ${OTHER_KINDS}`,
    ],
    ['the header of cookies', { header: 'cookie' }, `the header cookie ${OTHER_KINDS}`],
    ['the header of a proxy', { header: 'Proxy-Authorization' }, OTHER_KINDS],
    ['a header of two words', { header: 'x a' }, 'its header is not a header name'],
    ['a cookie of two words', { cookie: 'a b' }, 'its cookie is not a cookie name'],
    ['a parameter that is no text', { query: 7 }, 'its query is not a parameter name'],
    ['an empty parameter', { path: '' }, 'its path is not a parameter name'],
    ['a scheme of two words', { scheme: 'Api Key' }, 'its scheme is not the name of one, '],
    ['an empty prefix', { scheme: 'Bearer', prefix: '' }, PREFIX],
    ['a space in a prefix', { scheme: 'ApiKey', prefix: 'a b' }, PREFIX],
    ['a prefix that is no text', { scheme: 'Bearer', prefix: 7 }, PREFIX],
    ['a prefix elsewhere', { header: 'x-a', prefix: 'a' }, 'only a scheme has prefix or claims.'],
    [
      'claims elsewhere',
      { header: 'x-a', claims: { iss: null } },
      'only a scheme has prefix or claims.',
    ],
    [
      'a prefix and claims',
      { ...claims({ iss: null }), prefix: 'a' },
      'it has both prefix and claims',
    ],
    // A circular import has left them undefined.
    ['an undefined prefix', { scheme: 'Bearer', prefix: undefined }, UNDEFINED],
    ['undefined claims', { scheme: 'Bearer', claims: undefined }, UNDEFINED],
    ['claims of nobody', claims({ type: 'a' }), 'its claims need iss'],
    ['an empty claim', claims({ iss: '' }), CLAIM],
    ['a claim that no text can equal', claims({ iss: null, admin: true }), CLAIM],
    [
      'the tokens of users',
      claims({ iss: ISSUER }),
      "its issuer is that of this application's users",
    ],
    [
      'origins beside a header',
      { header: 'x-a', allowedOrigins: [] },
      'only a cookie has allowedOrigins.',
    ],
  ])('cannot be %s', (_what, place, message) => {
    expectMistake(
      () => check({ credential: [place] }),
      "('service') has a wrong credential place: ",
    );
    expect(() => check({ credential: [place] })).toThrow(message);
  });

  it.each<[string, unknown, string]>([
    ['a path', ['https://a.example/app'], '[0] contains a path'],
    ['a wildcard', ['https://*.example.com'], '[0] contains a wildcard'],
    ['no encryption', ['http://a.example'], '[0] has to start with https://'],
    ['no list', 'https://a.example', ' is not a list'],
  ])('that is a cookie cannot have origins with %s', (_what, allowedOrigins, message) => {
    const credential = [{ header: 'x-a' }, { cookie: 'a', allowedOrigins }];
    expect(() => check({ credential })).toThrow(PropelAuthConfigurationError);
    expect(() => check({ credential })).toThrow(
      `callerKinds[0].credential[1].allowedOrigins${message}`,
    );
  });
});
