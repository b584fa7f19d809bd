import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import * as fc from 'fast-check';
import {
  orgFromBody,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  orgNameFromHost,
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
  it('is a string from one part of the request itself, or absent', () => {
    let found = 0;
    const cases = fc
      .tuple(fc.constantFrom(...SOURCES), name)
      .chain(([source, key]) => fc.tuple(fc.constant(source), fc.constant(key), partWith(key)));
    fc.assert(
      fc.property(cases, ([[make, part, as], key, value]) => {
        const looked = part === 'headers' ? key.toLowerCase() : key;
        // It is sought in one part, whatever the others say.
        const other = ownProperty(ownProperty({}, key, 'elsewhere'), looked, 'elsewhere');
        const others = { params: other, query: other, headers: other, body: other };
        const context = new ExecutionContextHost([{ ...others, [part]: value }]);
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

/** The organization that a source finds in a request with these headers. */
function orgByHost(headers: Record<string, string>) {
  return orgNameFromHost('{org}.Example.com')(new ExecutionContextHost([{ headers }, {}]));
}

describe('The organization by the host', () => {
  const acme = 'acme.example.com';

  it.each([
    ['the first label', acme, 'acme'],
    ['a label of one character', 'a.example.com', 'a'],
    ['a label of 63 characters', `${'a'.repeat(63)}.example.com`, 'a'.repeat(63)],
    ['a port', `${acme}:8443`, 'acme'],
    ['upper case', 'Acme.EXAMPLE.com', 'acme'],
    ['no organization', 'example.com', undefined],
    ['an empty label', '.example.com', undefined],
    ['two labels', 'a.acme.example.com', undefined],
    ['a final dot', `${acme}.`, undefined],
    ['another domain', 'acme.example.org', undefined],
    ['a domain that ends alike', 'acme.evil-example.com', undefined],
    ['the domain before another', `${acme}.evil.org`, undefined],
    ['a user before it', 'acme@globex.example.com', undefined],
    ['two ports', `${acme}:1:2`, undefined],
    ['a port of six digits', `${acme}:123456`, undefined],
    ['a hyphen at its end', 'acme-.example.com', undefined],
    ['a label of 64 characters', `${'a'.repeat(64)}.example.com`, undefined],
  ])('is found, or absent, with %s', (_what, host, orgName) => {
    const expected = orgName === undefined ? undefined : { orgName };
    expect(orgByHost({ host })).toEqual(expected);
    // Any client can send it.
    const forwarded = { 'x-forwarded-host': acme, forwarded: `host=${acme}` };
    expect(orgByHost({ host, ...forwarded })).toEqual(expected);
  });

  it.each([
    ['the authority', { ':authority': acme }, { orgName: 'acme' }],
    ['the same Host header', { ':authority': acme, host: 'Acme.example.com' }, { orgName: 'acme' }],
    [
      'another Host header, which the handler may read',
      { ':authority': acme, host: 'globex.example.com' },
      undefined,
    ],
  ])('of HTTP/2 is found by %s', (_what, headers, expected) => {
    expect(orgByHost(headers)).toEqual(expected);
  });

  it.each([
    '',
    'example.com',
    '{org}',
    '{org}.',
    'https://{org}.example.com',
    '{org}.example.com:3000',
    'a-{org}.example.com',
    '{org}.{org}.com',
    '{org}.exa mple.com',
  ])('needs a pattern with {org} as its first label, not %p', (pattern) => {
    expect(() => orgNameFromHost(pattern)).toThrow(
      "orgNameFromHost() needs a host whose first label is {org}, without scheme and port. Pass a pattern such as '{org}.example.com'.",
    );
  });
});

function ownProperty(target: object, key: string, value: unknown): object {
  return Object.defineProperty(target, key, { value, enumerable: true, configurable: true });
}

function ownValue(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
