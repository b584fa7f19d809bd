import type { ExecutionContext } from '@nestjs/common';
import type { TokenSource } from '../options/token-source.interface.js';
import { readTokenFrom } from './token-from-source.js';

const context = {} as ExecutionContext;

function read(...values: unknown[]): string {
  const sources = values.map(
    (value): TokenSource =>
      () =>
        value as string | undefined,
  );
  return readTokenFrom(sources, context);
}

describe('A token source', () => {
  it('is asked with the context of the call', () => {
    let seen: unknown;
    readTokenFrom([(given) => ((seen = given), 'token')], context);
    expect(seen).toBe(context);
  });

  it('may be one of several that all find the same token', () => {
    expect(read('token', 'token')).toBe('token');
    expect(read('token', undefined)).toBe('token');
  });

  it.each([[undefined], [null], ['']])('that finds %p finds none', (value) => {
    expect(() => read(value)).toThrow('token_missing');
  });

  it.each([[7], [true], [['token']], [{ token: 'token' }]])('may not find %p', (value) => {
    expect(() => read(value)).toThrow('token_malformed');
  });

  it('may not find another token than the next', () => {
    expect(() => read('one', 'other')).toThrow('token_malformed');
  });

  it('may not promise a token', () => {
    expect(() => read(Promise.resolve('token'))).toThrow(TypeError);
    expect(() => read(Promise.reject(new Error('late')))).toThrow(TypeError);
  });
});
