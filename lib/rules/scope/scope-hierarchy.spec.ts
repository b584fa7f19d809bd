import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { ScopeHierarchy } from './scope-hierarchy.js';

const CHAIN_LENGTH = 10_000;

/** A chain of scopes, from the broadest to the narrowest, whose last one includes what is given. */
const chain = (...ofLast: string[]) =>
  Object.fromEntries(
    Array.from({ length: CHAIN_LENGTH }, (_, index) => [
      `s${index}`,
      index + 1 < CHAIN_LENGTH ? [`s${index + 1}`] : ofLast,
    ]),
  );

const broaderThan = (scope: string, given: unknown) => [
  ...(new ScopeHierarchy('scopes', given).broaderThan(scope) ?? ['unknown']),
];

describe('A hierarchy of scopes', () => {
  const given = {
    admin: ['write', 'pay'],
    pay: [],
    write: ['read', 'read'],
    read: [],
    owner: ['admin'],
  };

  it.each([
    ['read', ['write', 'admin', 'owner']],
    ['pay', ['admin', 'owner']],
    ['owner', []],
    ['other', ['unknown']],
    ['toString', ['unknown']],
    ['__proto__', ['unknown']],
  ])('knows the scopes that include %s: %j', (scope, broader) => {
    expect(broaderThan(scope, given)).toEqual(broader);
  });

  it('has the scopes of a list, none of which includes another', () => {
    const { scopes } = new ScopeHierarchy('scopes', ['read', 'write']);
    expect(scopes).toEqual(['read', 'write']);
    expect(broaderThan('read', scopes)).toEqual([]);
  });

  it('can have scopes with the names of properties of objects, and with odd characters', () => {
    const odd = JSON.parse(
      '{ "__proto__": ["constructor", "a/b#[c]~|,"], "constructor": ["1"], "a/b#[c]~|,": [], "1": [] }',
    ) as unknown;
    expect(broaderThan('1', odd)).toEqual(['constructor', '__proto__']);
    expect(broaderThan('a/b#[c]~|,', odd)).toEqual(['__proto__']);
    expect(broaderThan('toString', odd)).toEqual(['unknown']);
    expect(broaderThan('read', Object.assign(Object.create(null), { read: [] }))).toEqual([]);
  });

  it('can be deep and wide', () => {
    expect(broaderThan('s9999', chain())).toHaveLength(CHAIN_LENGTH - 1);
    const names = Object.keys(chain());
    const wide = Object.fromEntries(names.map((name) => [name, []]));
    expect(broaderThan('s7', { ...wide, all: names })).toEqual(['all']);
    const layers = { ...wide, a: names, b: names, c: ['a', 'b'] };
    expect(broaderThan('s7', layers)).toEqual(['a', 'b', 'c']);
  });

  it('finds the scopes that include one once', () => {
    const hierarchy = new ScopeHierarchy('scopes', given);
    expect(hierarchy.broaderThan('read')).toBe(hierarchy.broaderThan('read'));
  });

  it('does not change with what was given', () => {
    const mine = { admin: ['read'], read: [] as string[], write: [] as string[] };
    const hierarchy = new ScopeHierarchy('scopes', mine);
    mine.admin.push('write');
    mine.read.push('admin');
    expect([...(hierarchy.broaderThan('write') ?? [])]).toEqual([]);
  });

  class Scopes {
    readonly read = [];
  }

  it.each<[string, unknown]>([
    [' names no scope. Set it to all scopes, such as', undefined],
    [' names no scope. ', null],
    [' names no scope. ', 'read'],
    [' names no scope. ', []],
    [' names no scope. ', {}],
    [' names no scope. ', new Map([['read', []]])],
    [' names no scope. ', new Scopes()],
    // A literal with this property has no property of its own.
    [' names no scope. ', { __proto__: ['read'] }],
    [' names no scope. ', { __proto__: { admin: ['read'] }, read: [] }],
    ['[1] is not a scope. Use ASCII', ['read', 'a b']],
    ['[0] is not a scope. ', Array(1)],
    ['[1] is a duplicate. Remove it.', ['read', 'read']],
    ['["a b"] is not a scope. ', { read: [], 'a b': [] }],
    [String.raw`["a\"b"] is not a scope. `, { 'a"b': [] }],
    [String.raw`["a\r\nb"] is not a scope. `, { 'a\r\nb': [] }],
    ['[""] is not a scope. ', { '': [] }],
    ['["read"] is not a list. Set it to the scopes that it includes, or to [].', { read: true }],
    ['["admin"] is not a list. ', { admin: 'read', read: [] }],
    ['["admin"] is not a list. ', { admin: { read: [] }, read: [] }],
    ['["admin"] is not a list. ', { admin: undefined }],
    [
      '["admin"][1] is not a scope of scopes. Add it there, as in { read: [] }, or correct its spelling.',
      { admin: ['read', 'wirte'], read: [] },
    ],
    ['["admin"][0] is not a scope of scopes. ', { admin: ['constructor'] }],
    ['["admin"][0] is not a scope of scopes. ', { admin: ['__proto__'] }],
    ['["admin"][0] is not a scope of scopes. ', { admin: [1], 1: [] }],
    ['["admin"][0] is not a scope of scopes. ', { admin: Array(1) }],
    ['["admin"][0] is not a scope of scopes. ', { admin: [['read']], read: [] }],
    [
      '["a"] includes "a", which includes it in turn. Remove one of these inclusions.',
      { a: ['a'] },
    ],
    ['["a"] includes "b", which', { top: ['a'], c: [], a: ['b', 'c'], b: ['c', 'a'] }],
    ['["s9998"] includes "s9999", which', chain('s0')],
    ['["__proto__"] includes "__proto__", which', JSON.parse('{ "__proto__": ["__proto__"] }')],
  ])('cannot be something else: scopes%s', (message, wrong) => {
    const create = () => new ScopeHierarchy('scopes', wrong);
    expect(create).toThrow(PropelAuthConfigurationError);
    expect(create).toThrow(`scopes${message}`);
  });
});
