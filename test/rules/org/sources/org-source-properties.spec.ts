import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import * as fc from 'fast-check';
import {
  orgFromBody,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  orgNameFromParam,
  type OrgSource,
} from 'nestjs-propelauth';
import { casesOf } from '../../../attacks/cases.js';

/** A source, the part of the request in which it looks, and what it calls what it finds. */
const SOURCES: [make: (name: string) => OrgSource, part: string, as: string][] = [
  [orgFromParam, 'params', 'orgId'],
  [orgNameFromParam, 'params', 'orgName'],
  [orgFromQuery, 'query', 'orgId'],
  [orgFromHeader, 'headers', 'orgId'],
  [orgFromBody, 'body', 'orgId'],
];

const name = fc.oneof(
  fc.constantFrom('orgId', '__proto__', 'constructor', 'toString', 'length', '0'),
  fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
);

/** Any value, and objects that have the name: with texts as well as with everything else. */
const partWith = (key: string) =>
  fc.oneof(
    fc.anything({ withNullPrototype: true }),
    fc
      .tuple(fc.oneof(fc.string(), fc.anything()), fc.object())
      .map(([value, rest]) => ownProperty(rest, key, value)),
    // What a parser could have made of a name such as __proto__: inherited, and so not the caller's word.
    fc.string().map((value) => Object.create(ownProperty({}, key, value)) as object),
  );

describe('The organization of a request', () => {
  it('is a string from the request itself, or absent', () => {
    let found = 0;
    const cases = fc
      .tuple(fc.constantFrom(...SOURCES), name)
      .chain(([source, key]) => fc.tuple(fc.constant(source), fc.constant(key), partWith(key)));
    fc.assert(
      fc.property(cases, ([[make, part, as], key, value]) => {
        const context = new ExecutionContextHost([{ headers: {}, [part]: value }]);
        const looked = part === 'headers' ? key.toLowerCase() : key;
        const own = ownValue(value, looked);
        const isNamed = typeof own === 'string' && own !== '';
        if (isNamed) found++;
        expect(make(key)(context)).toEqual(isNamed ? { [as]: own } : undefined);
      }),
      casesOf('where an organization is named'),
    );
    expect(found).toBeGreaterThan(casesOf('where an organization is named').numRuns / 20);
  });
});

function ownProperty(target: object, key: string, value: unknown): object {
  return Object.defineProperty(target, key, { value, enumerable: true, configurable: true });
}

function ownValue(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
