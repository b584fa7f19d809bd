import { checkOwnKind, isKindName, KINDS_OF_PROPELAUTH } from './caller-kind-names.js';

describe('The name of a kind of callers', () => {
  it.each(['a', 'service', 'service-token', 'v2', 'token-2-b', 'origin', 'for-orders'])(
    'may be %s',
    (name) => {
      expect(isKindName(name)).toBe(true);
    },
  );

  it.each([
    '',
    'Service',
    'serVice',
    'service-Token',
    'service-toKen',
    '2-tokens',
    '-service',
    'service-',
    'service--token',
    'service token',
    'service.',
    'service-t.',
    ' service',
    'or',
    'user-or-service',
    'open',
    'public',
    'optional',
    'nobody',
    'org',
    'ip',
    'bearer',
    'oauth2',
    7,
    null,
    ['service'],
  ])('cannot be %j', (name) => {
    expect(isKindName(name)).toBe(false);
  });
});

describe('The option of of a decorator', () => {
  it('names a kind of the application', () => {
    expect(checkOwnKind('@A()', 'service', '.')).toBe('service');
    expect(KINDS_OF_PROPELAUTH).toEqual(['user', 'api-key', 'mcp']);
    for (const kind of [...KINDS_OF_PROPELAUTH, 'Service', undefined]) {
      expect(() => checkOwnKind('@A()', kind, ', or leave it out.')).toThrow(
        new TypeError(
          '@A(): the option of is not one of your own kinds of callers. Set it to the name of one, or leave it out.',
        ),
      );
    }
  });
});
