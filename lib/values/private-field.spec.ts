import { inspect } from 'node:util';
import { privateField } from './private-field.js';

const OBJECTS: [string, () => object][] = [
  ['an object', () => ({ own: 1 })],
  ['a frozen object', () => Object.freeze({ own: 1 })],
  ['a function', () => () => 1],
  ['an array', () => [1]],
  ['a Proxy', () => new Proxy({ own: 1 }, {})],
  ['an object without a prototype', () => Object.create(null) as object],
];

describe('A private field', () => {
  it.each(OBJECTS)('keeps a value with %s, and changes nothing that others see', (_what, make) => {
    const field = privateField<string>();
    const object = make();
    const before = [inspect(object, { showHidden: true }), Reflect.ownKeys(object)];
    expect(field.get(object)).toBeUndefined();
    for (const value of ['a value', 'another']) {
      field.set(object, value);
      expect(field.get(object)).toBe(value);
    }
    expect([inspect(object, { showHidden: true }), Reflect.ownKeys(object)]).toEqual(before);
  });

  it('is neither that of a copy, nor of an object that inherits, nor of another store', () => {
    const [field, other] = [privateField<string>(), privateField<string>()];
    const object = {};
    field.set(object, 'a value');
    for (const one of [{ ...object }, Object.create(object) as object, structuredClone(object)]) {
      expect(field.get(one)).toBeUndefined();
    }
    expect(other.get(object)).toBeUndefined();
  });
});
