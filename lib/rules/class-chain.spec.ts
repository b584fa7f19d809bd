import { inherits } from 'node:util';
import { newFunction } from '../../test/support/written-rules.js';
import { classChain } from './declared-method.js';

class Reports {
  list() {}
}

describe('The chain of a class', () => {
  it('is the class and its parents, nearest first', () => {
    class Paid extends Reports {}
    class Yearly extends Paid {}
    expect(classChain(Yearly)).toEqual([Yearly, Paid, Reports]);
  });

  it('contains the parent if only the prototypes are linked', () => {
    class Paid {
      show() {}
    }
    inherits(Paid, Reports);
    expect(classChain(Paid)).toEqual([Paid, Reports]);
  });

  it('does not contain a parent of the class that is none of its prototype', () => {
    class Accounts {}
    class Paid extends Reports {}
    Object.setPrototypeOf(Paid, Accounts);
    expect(classChain(Paid)).toEqual([Paid, Reports]);
  });

  it('contains the class inside the Proxy that was extended, which has the same prototype', () => {
    class Paid extends (new Proxy(Reports, {})) {}
    expect(classChain(Paid)).toEqual([Paid, Reports]);
  });

  it('is called by the name of the class, whatever its prototype has as its constructor', () => {
    class Paid extends Reports {}
    class Mixed {}
    Object.assign(Mixed.prototype, { constructor: Paid });
    expect(classChain(Mixed)).toEqual([Mixed]);
    expect(classChain(new Proxy(Paid, {})).map(({ name }) => name)).toEqual(['Paid', 'Reports']);
  });

  it('contains a nameless class for a plain object between the prototypes', () => {
    const plain = { list() {} };
    const others = Object.create(Reports.prototype) as object;
    class Paid {}
    class Mixed {}
    Object.setPrototypeOf(Paid.prototype, plain);
    Object.setPrototypeOf(Mixed.prototype, others);
    expect(classChain(Paid)[1]).toEqual({ prototype: plain, name: '' });
    expect(classChain(Mixed).map(({ prototype }) => prototype as unknown)).toEqual([
      Mixed.prototype,
      others,
      Reports.prototype,
    ]);
  });

  it('ends at a prototype that inherits from nothing', () => {
    class Bare {}
    const nothing = Object.create(null) as object;
    Object.setPrototypeOf(Bare.prototype, nothing);
    expect(classChain(Bare).map(({ prototype }) => prototype as unknown)).toEqual([
      Bare.prototype,
      nothing,
    ]);
  });

  it('is only the class if it inherits from nothing', () => {
    class Bare {}
    Object.setPrototypeOf(Bare, null);
    expect(classChain(Bare)).toEqual([Bare]);
  });

  it('is only the function if it has no prototype', () => {
    const factory = newFunction();
    expect(classChain(factory)).toEqual([factory]);
  });
});
