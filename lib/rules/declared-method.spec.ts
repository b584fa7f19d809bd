import { inherits } from 'node:util';
import {
  copyMethod,
  handle,
  memberRule,
  methodOf,
  newFunction,
  wrap,
  writeOverMethod,
} from '../../test/support/written-rules.js';
import {
  classChain,
  handlerNames,
  hasHandlers,
  isAmong,
  isHandler,
  isSameHandler,
  markMethods,
  markOf,
  methodsOf,
  ownFunctionOf,
  tracedName,
} from './declared-method.js';

/** A controller with two handlers and a method that nobody calls, and one that extends it and overrides one of them. */
function reports() {
  class Reports {
    list() {}
    show() {}
    count() {}
  }
  class PaidReports extends Reports {
    override show() {}
  }
  handle(Reports, 'list', 'show');
  handle(PaidReports, 'show');
  return { Reports, PaidReports };
}

/** The same, with marked methods. */
function marked() {
  const classes = reports();
  markMethods(classes.PaidReports);
  return classes;
}

it('A class has the handlers of the classes above', () => {
  const { Reports } = reports();
  class Child extends Reports {}
  class Empty {}
  expect([Reports, Child, Empty].map(hasHandlers)).toEqual([true, true, false]);
});

describe('The name of a handler', () => {
  type Types = ReturnType<typeof marked>;

  it.each<[string, keyof Types, (types: Types) => Function, string | undefined]>([
    ['is an inherited method', 'PaidReports', (all) => methodOf(all.PaidReports, 'list'), 'list'],
    ['is an own method', 'PaidReports', (all) => methodOf(all.PaidReports, 'show'), 'show'],
    ['is overridden', 'PaidReports', (all) => methodOf(all.Reports, 'show'), 'show'],
    ['wraps one', 'PaidReports', (all) => wrap(methodOf(all.Reports, 'list')), 'list'],
    ['has no mark', 'Reports', () => newFunction(), undefined],
    ['is bound', 'Reports', (all) => methodOf(all.Reports, 'list').bind({}), undefined],
    ['is of a subclass', 'Reports', (all) => methodOf(all.PaidReports, 'show'), undefined],
    ['is of another class', 'Reports', () => methodOf(marked().Reports, 'list'), undefined],
    [
      'wraps one of another class',
      'Reports',
      () => wrap(methodOf(marked().Reports, 'list')),
      undefined,
    ],
    ['is no handler', 'Reports', (all) => methodOf(all.Reports, 'count'), undefined],
  ])('of a function that %s, in %s', (_what, type, functionIn, name) => {
    const types = marked();
    expect(tracedName(types[type], functionIn(types))).toBe(name);
  });

  it('is the first one of a function that has several, and the same in a subclass that copies it', () => {
    const { Reports } = marked();
    class Paid extends Reports {}
    copyMethod(Paid, 'every', methodOf(Reports, 'list'));
    markMethods(Paid);
    expect(tracedName(Paid, methodOf(Paid, 'every'))).toBe('list');
  });

  it('is known in a class without handlers, which a library calls by itself', () => {
    class Consumer {
      consume() {}
    }
    markMethods(Consumer);
    expect(tracedName(Consumer, methodOf(Consumer, 'consume'))).toBe('consume');
  });
});

describe('Two functions', () => {
  const { Reports, PaidReports } = marked();
  const list = methodOf(Reports, 'list');
  const show = methodOf(Reports, 'show');
  const unknown = newFunction();

  it.each<[string, Function, Function, boolean]>([
    ['identical', unknown, unknown, true],
    ['one wraps the other', list, wrap(list), true],
    ['both wrap one', wrap(list), wrap(list), true],
    ['different methods', list, show, false],
    ['one overrides the other', show, methodOf(PaidReports, 'show'), false],
    ['the second has no mark', list, newFunction(), false],
    ['the first has no mark', newFunction(), list, false],
    ['neither has a mark', newFunction(), newFunction(), false],
  ])('are the same handler, or not: %s', (_what, one, other, isSame) => {
    expect(isSameHandler(one, other)).toBe(isSame);
  });
});

describe('The mark of a function', () => {
  it('names the class that had it first, and its name there', () => {
    const { Reports, PaidReports } = marked();
    class Others {}
    copyMethod(Others, 'all', methodOf(Reports, 'list'));
    markMethods(Others);
    markMethods(PaidReports);
    expect(markOf(methodOf(Others, 'all'))).toEqual({ owner: Reports, name: 'list' });
    expect(markOf(newFunction())).toBeUndefined();
  });
});

describe('The handlers of a class', () => {
  it('include inherited ones, each name once, but no other methods and no constructor', () => {
    const { PaidReports } = reports();
    Reflect.defineMetadata('path', '/reports', PaidReports);
    expect(handlerNames(PaidReports)).toEqual(['show', 'list']);
  });
});

describe('The functions of a class', () => {
  class Reports {
    list() {}
    get count(): unknown {
      throw new Error('Nobody asks for it here');
    }
  }
  Object.assign(Reports.prototype, { limit: 7 });
  class PaidReports extends Reports {}
  const withoutPrototype = newFunction();
  const withNullPrototype = Object.assign(function () {}, { prototype: null });

  it('are its own methods, without inherited ones, accessors and values', () => {
    expect(methodsOf(Reports)).toEqual([methodOf(Reports, 'list')]);
    expect(methodsOf(PaidReports)).toEqual([]);
    expect([withoutPrototype, withNullPrototype].flatMap(methodsOf)).toEqual([]);
  });

  it('are found by name', () => {
    expect(ownFunctionOf(Reports, 'list')).toBe(methodOf(Reports, 'list'));
    for (const name of ['count', 'limit', 'missing']) {
      expect(ownFunctionOf(Reports, name)).toBeUndefined();
    }
    for (const type of [PaidReports, withoutPrototype, withNullPrototype]) {
      expect(ownFunctionOf(type, 'list')).toBeUndefined();
    }
  });
});

describe('A class of a chain', () => {
  it('is recognized by its prototype, which a wrapped class keeps', () => {
    const { Reports, PaidReports } = reports();
    expect(isAmong([PaidReports, Reports], new Proxy(Reports, {}))).toBe(true);
    expect(isAmong([PaidReports], Reports)).toBe(false);
  });
});

function withMetadata(...keys: unknown[]): Function {
  const method = newFunction();
  for (const key of keys) Reflect.defineMetadata(key, true, method);
  return method;
}

describe('A method', () => {
  it.each<[boolean, unknown[]]>([
    [true, ['path']],
    [true, ['microservices:pattern']],
    [true, ['my-design:']],
    [true, ['my/swagger/']],
    [true, ['__guards__', 'path', 'design:type']],
    [true, [Symbol('library')]],
    [false, ['__guards__']],
    [false, ['__interceptors__']],
    [false, ['__pipes__']],
    [false, ['__exceptionFilters__']],
    [false, ['design:paramtypes']],
    [false, ['swagger/apiResponse']],
    [false, []],
  ])('is a handler, %s, with the metadata %p', (expected, keys) => {
    expect(isHandler(withMetadata(...keys))).toBe(expected);
  });

  it('is not a handler because of the marks and rules of this package', () => {
    class Reports {
      list() {}
    }
    writeOverMethod(Reports, 'list', memberRule('@list'));
    expect(isHandler(methodOf(Reports, 'list'))).toBe(false);
  });
});

describe('The chain of a class', () => {
  class Reports {
    list() {}
  }

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
