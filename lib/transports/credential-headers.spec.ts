import { hasThreeParts, readCredentialHeader } from './credential-headers.js';
import type { RequestHeaders } from './request-headers.js';

const read = (value: unknown, rawHeaders?: string[]) =>
  readCredentialHeader({ headers: { 'x-key': value }, rawHeaders } as RequestHeaders, 'x-key');

describe('The header of a credential', () => {
  it('is read as it was sent', () => {
    expect(read(' a key ', ['X-Key', ' a key '])).toBe(' a key ');
    expect(read(undefined)).toBeUndefined();
  });

  // Mercurius adds connection parameters to the headers, whatever their type.
  it.each([[918_273_645], [['key']], [{ toString: () => 'key' }], [true], [null]])(
    'is rejected if it is no text: %j',
    (value) => {
      expect(() => read(value)).toThrow('credential_invalid');
    },
  );

  it('is rejected if it was sent several times', () => {
    expect(() => read('a, b', ['X-Key', 'a', 'x-key', 'b'])).toThrow('credentials_ambiguous');
  });
});

describe('A text has the three parts of a token', () => {
  it.each([
    ['a.b.c', true],
    ['..', true],
    ['a.b', false],
    ['a.b.c.d', false],
    ['abc', false],
    ['', false],
    ['.'.repeat(15_000), false],
  ])('%s', (text, expected) => {
    expect(hasThreeParts(text)).toBe(expected);
  });
});
