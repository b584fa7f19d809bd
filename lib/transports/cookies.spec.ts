import { readCookie } from './cookies.js';

function read(cookie: unknown, name = 'session'): string | undefined {
  return readCookie({ headers: { cookie: cookie as string } }, name);
}

describe('The value of a cookie', () => {
  it.each([
    ['of one cookie', 'session=abc', 'abc'],
    ['among others', 'a=1; session=abc; b=2', 'abc'],
    ['without the space between cookies', 'a=1;session=abc;b=2', 'abc'],
    ['with white space around', '  session \t=\t abc ', 'abc'],
    ['with an equals sign', 'session=a=b', 'a=b'],
    ['with percent signs, which are not decoded', 'session=a%3Bb', 'a%3Bb'],
    ['in quotation marks, which are part of it', 'session="abc"', '"abc"'],
    ['of a cookie that was sent twice alike', 'session=abc; session=abc', 'abc'],
    ['with the no-break spaces around it', 'session=\u00a0abc\u00a0', '\u00a0abc\u00a0'],
  ])('is found %s', (_what, cookie, value) => {
    expect(read(cookie)).toBe(value);
  });

  it.each([
    ['without cookies', undefined],
    ['in an empty header', ''],
    ['under a longer name', 'session2=abc; xsession=abc; __Host-session=abc'],
    ['under a shorter name', 'sessio=abc'],
    ['under the name in another case', 'Session=abc'],
    ['under a name in quotation marks or percent signs', '"session"=abc; %73ession=abc'],
    ['in the value of another cookie', 'a=session=abc; b="session=abc"'],
    ['in a cookie without an equals sign', 'session; abc'],
    // Browsers let a subdomain set such a name, also under the prefix __Host-.
    ['under the name after a no-break space', '\u00a0session=abc'],
    ['under the name before a no-break space', 'session\u00a0=abc'],
    ['under the name after a control character', '\vsession=abc'],
    ['in an empty cookie', 'session='],
  ])('is not found %s', (_what, cookie) => {
    expect(read(cookie)).toBeUndefined();
  });

  it('is not that of a property that every object inherits', () => {
    expect(read('a=1', 'constructor')).toBeUndefined();
    expect(read('__proto__=abc', '__proto__')).toBe('abc');
  });

  it.each([
    ['different values', 'session=abc; session=def'],
    ['an empty and another value', 'session=; session=abc'],
    ['a quoted and a plain value', 'session=abc; a=1; session="abc"'],
  ])('is not chosen among cookies of the name with %s', (_what, cookie) => {
    expect(() => read(cookie)).toThrow('credentials_ambiguous');
  });

  it.each([
    ['a list', ['session=abc']],
    ['of more than 65,536 characters', `session=abc; a=${'x'.repeat(65_536)}`],
  ])('is not looked for in a header that is %s', (_what, cookie) => {
    expect(() => read(cookie)).toThrow('token_malformed');
  });

  it('is found in a header of 65,536 characters', () => {
    expect(read('session=abc; a='.padEnd(65_536, ';'))).toBe('abc');
  });
});
