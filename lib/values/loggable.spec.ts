import { loggable, loggableError } from './loggable.js';

describe('What a log line quotes', () => {
  it.each([
    ['an ordinary text: "é" 漢 🎉 \\', 'an ordinary text: "é" 漢 🎉 \\'],
    ['x\n\u001b[31mFAKE\r\0', 'x\\n\\u001b[31mFAKE\\r\\u0000'],
    ['\u0085\u009b31m', '\\u{85}\\u{9b}31m'],
    ['a\u2028b\u2029c\u202ed\u200b', 'a\\u{2028}b\\u{2029}c\\u{202e}d\\u{200b}'],
  ])('has its control characters escaped: %j', (text, shown) => {
    expect(loggable(text)).toBe(shown);
  });

  it('is 500 characters long at most', () => {
    expect(loggable('x'.repeat(501))).toBe(`${'x'.repeat(500)}…`);
    expect(loggable('x'.repeat(500))).toBe('x'.repeat(500));
  });

  it.each([new SyntaxError('x\n    at fake (file.js:1:1)\n\u001b[31mFAKE'), 'x\n\u001b[31mFAKE'])(
    'of an error is escaped in the message and in the stack: %p',
    (thrown) => {
      const { message, stack = '' } = loggableError(thrown);
      expect(message).toMatch(/^x\\n.*\\u001b\[31mFAKE$/);
      expect(message + stack).not.toContain('\u001b');
      expect(stack).not.toMatch(/^ {4}at fake/m);
      if (thrown instanceof Error) {
        expect(stack).toMatch(/^SyntaxError: x\\n.*\n\s+at .*loggable\.spec/);
      }
    },
  );

  it('of an error without a stack, or with another message than when it was made, is its message', () => {
    const changed = Object.assign(new Error('before\n\u001b[31m'), { message: 'after' });
    expect(loggableError(changed).stack).toMatch(/^Error: after\n\s+at /);
    expect(loggableError(Object.assign(new Error('m'), { stack: undefined }))).toEqual({
      message: 'm',
      stack: undefined,
    });
  });

  it.each([undefined, null, Symbol('x'), Object.create(null), { toString: 1 }])(
    'may be anything that was thrown',
    (thrown) => {
      expect(loggableError(thrown)).toEqual({
        message: expect.any(String) as unknown,
        stack: undefined,
      });
    },
  );
});
