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

  it('contains the parent if only the classes are linked, after those of the prototypes', () => {
    class Accounts {}
    class Paid extends Reports {}
    Object.setPrototypeOf(Paid, Accounts);
    expect(classChain(Paid)).toEqual([Paid, Reports, Accounts]);
  });

  it('contains a class as it was extended, even if a decorator wrapped it', () => {
    const Wrapped = new Proxy(Reports, {});
    class Paid extends Wrapped {}
    const chain = classChain(Paid);
    expect(chain).toHaveLength(2);
    expect(chain[1]).toBe(Wrapped);
  });

  it('represents a plain object used as a prototype by a class of its own, always the same', () => {
    const plain = { list() {} };
    const others = Object.create(Reports.prototype) as object;
    class Paid {}
    class Yearly {}
    class Mixed {}
    Object.setPrototypeOf(Paid.prototype, plain);
    Object.setPrototypeOf(Yearly.prototype, plain);
    Object.setPrototypeOf(Mixed.prototype, others);
    const [, ofPlain] = classChain(Paid);
    expect(ofPlain?.prototype).toBe(plain);
    expect(classChain(Yearly)).toEqual([Yearly, ofPlain]);
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
