import { meetsMetadata } from './metadata-requirement.js';

/** How often a value is read from. */
function countingReads(value: object, counter: { reads: number }): object {
  const entries = Object.entries(value).map(([name, one]) => [
    name,
    typeof one === 'object' && one !== null ? countingReads(one, counter) : one,
  ]);
  const copy = Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries);
  return new Proxy(copy, {
    get(target, name) {
      counter.reads++;
      return Reflect.get(target, name) as unknown;
    },
  });
}

/** Lists in lists, so many in each. */
const nested = (depth: number, width: number): unknown =>
  depth === 0 ? 'x' : Array.from({ length: width }, () => nested(depth - 1, width));

const anything = () => true;

const parsed = (text: string): unknown => JSON.parse(text);

const GRANTED = { role: 'admin', scopes: ['read', 'write'], limits: { rows: 10 } };
const REQUIRED = { role: 'admin', scopes: ['write'], limits: { rows: 10 } };
const GRANTS = [{ on: 'reports', may: 'write' }];

describe('A requirement about metadata', () => {
  it('is compared in time proportional to the metadata, however lists are nested', () => {
    const required = { lists: [[['a', 'b'], ['c']], [['d']]] };
    const readsFor = (width: number) => {
      const counter = { reads: 0 };
      const metadata = countingReads({ lists: nested(3, width) }, counter);
      expect(meetsMetadata(metadata, { required, words: 'lists' })).toBe(false);
      return counter.reads / width ** 3;
    };
    expect(readsFor(20)).toBeLessThan(readsFor(5) * 1.5);
  });

  it('throws an error with its words if its function returns a promise', () => {
    const required = (async () => true) as never;
    expect(() => meetsMetadata({}, { required, words: 'scope read' })).toThrow(
      'The function for metadata "scope read" returns a promise',
    );
  });

  it.each<[object, object, boolean]>([
    [{ a: 1, b: 2 }, { a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1 }, { a: '1' }, false],
    [{ a: { b: 1, c: 2 } }, { a: { b: 1 } }, true],
    [{ a: 1 }, { a: { b: 1 } }, false],
    [{ a: [1, 2, 3] }, { a: [3, 1] }, true],
    [{ a: [1] }, { a: [1, 2] }, false],
    [{ a: [2] }, { a: [1] }, false],
    [{ a: 1 }, { a: [1] }, false],
    [{ a: [{ b: 1 }] }, { a: [{ b: 1 }] }, true],
    [{ a: [1] }, { a: [] }, true],
    [{}, { constructor: 1 }, false],
    [{ a: null }, { a: null }, true],
  ])('is met by what contains it: %j contains %j: %s', (metadata, required, isMet) => {
    const requirement = { required: required as never, words: 'words' };
    expect(meetsMetadata(metadata as never, requirement)).toBe(isMet);
  });

  it.each<[string, unknown, object]>([
    ['a value in another case', { ...GRANTED, role: 'Admin' }, REQUIRED],
    ['a value in a list', { ...GRANTED, role: ['admin'] }, REQUIRED],
    ['a value as a name', { ...GRANTED, role: { admin: true } }, REQUIRED],
    ['a text instead of a list', { ...GRANTED, scopes: 'write' }, REQUIRED],
    ['several values in a text', { ...GRANTED, scopes: ['write x'] }, REQUIRED],
    ['an object like a list', { ...GRANTED, scopes: { 0: 'write', length: 1 } }, REQUIRED],
    ['a list in a list', { ...GRANTED, scopes: [['write']] }, REQUIRED],
    ['a text instead of a number', { ...GRANTED, limits: { rows: '10' } }, REQUIRED],
    ['a list instead of an object', { ...GRANTED, limits: [{ rows: 10 }] }, REQUIRED],
    ['all of it one level deeper', { metadata: GRANTED }, REQUIRED],
    ['all of it in a promise', Promise.resolve(GRANTED), REQUIRED],
    ['all of it under __proto__', parsed(`{"__proto__":${JSON.stringify(GRANTED)}}`), REQUIRED],
    [
      'a part of it under __proto__',
      { ...GRANTED, limits: parsed('{"__proto__":{"rows":10}}') },
      REQUIRED,
    ],
    ['nothing where null is required', {}, { revokedBy: null }],
    ['an empty text where null is required', { revokedBy: '' }, { revokedBy: null }],
    ['a name that every object inherits', { a: 1 }, { constructor: { name: 'Object' } }],
    ['the prototype that every object has', { a: 1 }, parsed('{"__proto__":{}}') as object],
    [
      'one required object, spread over two',
      { grants: [{ on: 'reports' }, { may: 'write' }] },
      { grants: GRANTS },
    ],
  ])('is not met by %s', (_what, metadata, required) => {
    const requirement = { required: required as never, words: 'words' };
    expect(meetsMetadata(metadata as never, requirement)).toBe(false);
  });

  it.each<[string, unknown, object]>([
    ['more than is required', { ...GRANTED, other: [{}] }, REQUIRED],
    [
      'a property of its own called __proto__',
      parsed('{"__proto__":{}}'),
      parsed('{"__proto__":{}}') as object,
    ],
    [
      'a property of its own called constructor',
      { constructor: { name: 'Object' } },
      { constructor: { name: 'Object' } },
    ],
    ['one of several objects', { grants: [{ on: 'users' }, ...GRANTS] }, { grants: GRANTS }],
  ])('is met by %s', (_what, metadata, required) => {
    const requirement = { required: required as never, words: 'words' };
    expect(meetsMetadata(metadata as never, requirement)).toBe(true);
  });

  it.each([
    [true, true],
    ['true', false],
    [{}, false],
    [false, false],
    [1, false],
    [undefined, false],
  ])('is met by a function that returns exactly true: %p', (verdict, isMet) => {
    const required = () => verdict as boolean;
    expect(meetsMetadata({}, { required, words: 'words' })).toBe(isMet);
  });

  it.each([undefined, null, [], 'text', 1])('is not met by %j instead of metadata', (metadata) => {
    expect(meetsMetadata(metadata as never, { required: anything, words: 'anything' })).toBe(false);
  });
});
