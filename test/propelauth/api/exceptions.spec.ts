import * as client from '@propelauth/node-apis';
import { PropelAuthExceptions } from 'nestjs-propelauth';

/** The names of the exceptions in a namespace. */
type ExceptionsIn<Namespace> = {
  [Name in keyof Namespace]: Namespace[Name] extends abstract new (...parameters: never[]) => Error
    ? Name
    : never;
}[keyof Namespace];

type Lost = Exclude<ExceptionsIn<typeof client>, keyof typeof PropelAuthExceptions>;

function isExceptionClass(value: unknown): boolean {
  return typeof value === 'function' && value.prototype instanceof Error;
}

describe('PropelAuthExceptions', () => {
  it('contains exactly the exceptions of the client', () => {
    const exceptions = Object.entries(client).filter(([, value]) => isExceptionClass(value));
    expect(exceptions.length).toBeGreaterThan(30);
    expect({ ...PropelAuthExceptions }).toEqual(Object.fromEntries(exceptions));
  });

  it('is exhaustive for the compiler', () => {
    const nothingLost: [Lost] extends [never] ? true : Lost = true;
    expect(nothingLost).toBe(true);
  });
});
