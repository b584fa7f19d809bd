import { metadataRequirement } from './metadata-option.js';

const requirementOf = (options: object) => metadataRequirement('@A()', options);
const anything = () => true;

/** Objects in objects, so many. */
const nested = (depth: number): object => (depth === 0 ? {} : { inner: nested(depth - 1) });

describe('The option metadata', () => {
  it.each([
    [{ text: 'a', number: 1, yes: true, no: false, nothing: null, list: [1, ['a', { b: null }]] }],
    [nested(19)],
  ])('is a copy that nobody can change: %j', (metadata) => {
    const { required, words } = requirementOf({ metadata });
    expect([required, words]).toEqual([metadata, `metadata ${JSON.stringify(metadata)}`]);
    expect(required).not.toBe(metadata);
    expect(Object.isFrozen(required)).toBe(true);
    const [inner] = Object.values(required).filter(
      (one) => typeof one === 'object' && one !== null,
    );
    expect(Object.isFrozen(inner)).toBe(true);
  });

  it('may be a function, with words', () => {
    expect(requirementOf({ metadata: anything, words: 'plan pro' })).toEqual({
      required: anything,
      words: 'plan pro',
    });
  });

  it.each<[string, unknown, string]>([
    [
      'an asynchronous function',
      async () => true,
      'The option metadata of @A() is an asynchronous function. Return true or false instead of a promise.',
    ],
    ...[undefined, null, 'a', [], {}, Object.create({ a: 1 })].map(
      (metadata: unknown): [string, unknown, string] => [
        JSON.stringify(metadata) ?? 'undefined',
        metadata,
        "The option metadata of @A() has to be a function, or an object with what the metadata contains, such as { scopes: ['reports:write'] }.",
      ],
    ),
    ...(
      [
        ['a', { a: undefined }],
        ['a', { a: Number.NaN }],
        ['a', { a: new Date(0) }],
        ['a.0', { a: Array(1) }],
        ['a.1', { a: ['b', () => true] }],
        ['a.b', { a: { b: 1n } }],
        [Array.from({ length: 20 }, () => 'inner').join('.'), nested(20)],
      ] as const
    ).map(([place, metadata]): [string, unknown, string] => [
      `no JSON at ${place}`,
      metadata,
      `The option metadata of @A().${place} is not JSON, so no metadata can contain it. Use text, numbers, true, false, null, lists and objects, ` +
        'at most 20 levels deep.',
    ]),
  ])('cannot be %s', (_what, metadata, message) => {
    expect(() => requirementOf({ metadata, words: 'plan pro' })).toThrow(new TypeError(message));
  });

  it.each<[string, object]>([
    ['missing beside a function', { metadata: () => true }],
    ['no text', { metadata: { a: 1 }, words: 7 }],
    ['empty', { metadata: { a: 1 }, words: ' ' }],
    ['two lines', { metadata: { a: 1 }, words: 'a\nb' }],
    ['two lines of another system', { metadata: { a: 1 }, words: 'a\rb' }],
  ])('fails with words that are %s', (_what, options) => {
    expect(() => requirementOf(options)).toThrow(
      new TypeError(
        "The option words of @A() has to say in one line what the function for metadata requires, such as 'scope reports:write'.",
      ),
    );
  });
});
