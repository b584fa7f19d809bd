import { isSameData } from './is-same-data.js';

class Permission {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  get name() {
    return this.#name;
  }
}

const permission = new Permission('read');
const list = [1, { a: undefined }];

describe('Two arguments of rules', () => {
  it.each<[string, unknown, unknown]>([
    ['texts', 'pro', 'pro'],
    ['NaN', NaN, NaN],
    ['lists', [1, { a: [2] }], [1, { a: [2] }]],
    ['literals in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['one instance', [permission], [permission]],
    ['what cannot be compared, if it is one thing', list, list],
  ])('are the same: %s', (_what, one, other) => {
    expect(isSameData(one, other)).toBe(true);
  });

  it.each<[string, unknown, unknown]>([
    ['texts', 'pro', 'free'],
    ['a number and a text', 1, '1'],
    ['private state', new Permission('read'), new Permission('write')],
    ['promises', Promise.resolve(1), Promise.resolve(1)],
    ['functions', () => true, () => true],
    ['dates', new Date(0), new Date(0)],
    ['a list and a literal', [1], { 0: 1 }],
    ['a longer list', [1], [1, 2]],
    ['a property more', { a: 1 }, { a: 1, b: undefined }],
    ['another property', { a: undefined }, { b: undefined }],
    ['a symbol', { [Symbol.for('a')]: 1 }, { [Symbol.for('a')]: 2 }],
    ['null and a literal', null, {}],
  ])('differ: %s', (_what, one, other) => {
    expect(isSameData(one, other)).toBe(false);
  });
});
