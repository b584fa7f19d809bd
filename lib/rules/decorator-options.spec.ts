import { checkDecoratorOptions } from './decorator-options.js';
import { uncheckedOrgRule } from './unchecked-org-option.js';

const check = (options: unknown) =>
  checkDecoratorOptions('@A()', options as object, ['of', 'exact']);

describe('The options of a decorator', () => {
  it.each([{}, { of: 'service' }, { of: 'service', exact: true }])('may be %j', (options) => {
    expect(() => check(options)).not.toThrow();
  });

  it.each<[unknown, string]>([
    [null, '@A() takes its options as an object: { of, exact }.'],
    [undefined, '@A() takes its options as an object: { of, exact }.'],
    ['service', '@A() takes its options as an object: { of, exact }.'],
    [{ off: 'service' }, '@A() has no option off. Its options are of, exact.'],
  ])('cannot be %j', (options, message) => {
    expect(() => check(options)).toThrow(new TypeError(message));
  });

  it('cannot be undefined, which a circular import leaves', () => {
    expect(() => check({ of: undefined })).toThrow(TypeError);
  });
});

it('The option uncheckedOrg of a decorator is a boolean', () => {
  expect([true, false].map((uncheckedOrg) => uncheckedOrgRule('@A()', { uncheckedOrg }))).toEqual([
    { uncheckedOrg: true },
    {},
  ]);
  expect(uncheckedOrgRule('@A()', {})).toEqual({});
  expect(() => uncheckedOrgRule('@A()', { uncheckedOrg: 'yes' as never })).toThrow(
    new TypeError('The option uncheckedOrg of @A() has to be true or false.'),
  );
});
