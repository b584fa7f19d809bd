import { deepFreeze } from './deep-freeze.js';

// Cyclic values are not tested: frozen values come from JSON, which has no cycles.
describe('deepFreeze', () => {
  it('returns the object itself', () => {
    const value = { a: 1 };
    expect(deepFreeze(value)).toBe(value);
  });

  it('freezes objects, lists and instances at every level', () => {
    class Membership {
      roles = [{ name: 'Admin' }];
    }
    const value = { list: [[{}]], member: new Membership(), nothing: null, text: 'text' };
    deepFreeze(value);
    const objects = [
      value,
      value.list,
      value.list[0],
      value.list[0]?.[0],
      value.member,
      value.member.roles,
      value.member.roles[0],
    ];
    expect(objects.map((object) => Object.isFrozen(object))).toEqual(objects.map(() => true));
  });

  it('freezes the value of a key that objects inherit and JSON may use', () => {
    const value = JSON.parse('{ "__proto__": { "list": [] }, "constructor": {} }') as Record<
      '__proto__' | 'constructor',
      { list?: unknown[] }
    >;
    deepFreeze(value);
    const inner = Object.getOwnPropertyDescriptor(value, '__proto__')?.value as { list: unknown[] };
    expect([inner, inner.list, value.constructor].every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(Object.prototype)).toBe(false);
  });

  it('freezes 100,000 levels', () => {
    const bottom = {};
    let value: object = bottom;
    for (let level = 0; level < 100_000; level++) value = level % 2 ? [value] : { value };
    deepFreeze(value);
    expect(Object.isFrozen(bottom)).toBe(true);
  });
});
