import { loggable, loggableError } from './loggable.js';

describe('A value quoted in a log line', () => {
  it.each([
    ['an ordinary text: "é" 漢 🎉 \\', 'an ordinary text: "é" 漢 🎉 \\'],
    ['x\n\u001b[31mFAKE\r\0', 'x\\n\\u001b[31mFAKE\\r\\u0000'],
    ['\u0085\u009b31m', '\\u{85}\\u{9b}31m'],
    ['a\u2028b\u2029c\u202ed\u200b', 'a\\u{2028}b\\u{2029}c\\u{202e}d\\u{200b}'],
  ])('has its control characters escaped: %j', (text, shown) => {
    expect(loggable(text)).toBe(shown);
  });

  it('has at most 500 characters', () => {
    expect(loggable('x'.repeat(501))).toBe(`${'x'.repeat(500)}…`);
    expect(loggable('x'.repeat(500))).toBe('x'.repeat(500));
  });

  it('is escaped in the message and the stack of an error', () => {
    const hostile = 'x\n    at fake (file.js:1:1)\n\u001b[31mFAKE';
    const { message, stack } = loggableError(new SyntaxError(hostile));
    expect(message).toMatch(/^x\\n.*\\u001b\[31mFAKE$/);
    expect(stack).toMatch(/^SyntaxError: x\\n.*FAKE\n\s+at .*loggable\.spec/);
    expect(message + stack).not.toContain('\u001b');
    expect(stack).not.toMatch(/^\s+at fake/m);
    expect(loggableError(hostile)).toEqual({ message, stack: undefined });
  });

  it('has at most 30 frames of 500 characters, whatever the stack of an error is', () => {
    const stack = `Error: m\n${`    at ${'x'.repeat(1_000)}\n`.repeat(100)}`;
    const logged = loggableError(Object.assign(new Error('m'), { stack })).stack!;
    expect(logged.split('\n')).toHaveLength(1 + 30);
    expect(logged.length).toBeLessThan(31 * 510);
  });

  it('is the message of an error without a stack, or with a changed message', () => {
    const changed = Object.assign(new Error('before\n\u001b[31m'), { message: 'after' });
    expect(loggableError(changed).stack).toMatch(/^Error: after\n\s+at /);
    expect(loggableError(Object.assign(new Error('m'), { stack: undefined }))).toEqual({
      message: 'm',
      stack: undefined,
    });
  });

  it.each([undefined, null, Symbol('x'), Object.create(null), { toString: 1 }])(
    'can be anything that was thrown',
    (thrown) => {
      expect(loggableError(thrown)).toEqual({
        message: expect.any(String) as unknown,
        stack: undefined,
      });
    },
  );
});
