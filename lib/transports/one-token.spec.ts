import type { ExecutionContext } from '@nestjs/common';
import type { TokenSource } from '../options/token-source.interface.js';
import { readTokenFrom } from './one-token.js';

const context = {} as ExecutionContext;

function read(...values: unknown[]): string | undefined {
  const sources = values.map(
    (value): TokenSource =>
      () =>
        value as string | undefined,
  );
  return readTokenFrom(sources, (source) => source(context));
}

describe('A token source', () => {
  it('can be one of several that find the same token', () => {
    expect(read('token', 'token')).toBe('token');
    expect(read('token', undefined)).toBe('token');
  });

  it.each([[undefined], [null], ['']])('that returns %p finds no token', (value) => {
    expect(read(value)).toBeUndefined();
  });

  it.each([[7], [true], [['token']], [{ token: 'token' }]])('must not return %p', (value) => {
    expect(() => read(value)).toThrow('token_malformed');
  });

  it('must not return a different token than the next one', () => {
    expect(() => read('one', 'other')).toThrow('token_malformed');
  });

  it('must not return a promise', () => {
    expect(() => read(Promise.resolve('token'))).toThrow(TypeError);
    expect(() => read(Promise.reject(new Error('late')))).toThrow(TypeError);
  });
});
