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
  declarationOf,
  declarationsOf,
  handlerNames,
  isAmong,
  isHandler,
  isSameHandler,
  markMethods,
  markOrigins,
  methodsOf,
  ownFunctionOf,
  readReplacements,
  traceMethod,
} from './declared-method.js';
import { readOrigins } from './rule-metadata.js';

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

describe('traceMethod()', () => {
  it('finds the own and inherited methods of the class that are this function', () => {
    const { Reports, PaidReports } = reports();
    expect(traceMethod(PaidReports, methodOf(PaidReports, 'list'))).toEqual([
      { owner: Reports, name: 'list' },
    ]);
    expect(traceMethod(PaidReports, methodOf(PaidReports, 'show'))).toEqual([
      { owner: PaidReports, name: 'show' },
    ]);
    expect(traceMethod(PaidReports, methodOf(Reports, 'show'))).toEqual([
      { owner: Reports, name: 'show' },
    ]);
  });

  it('finds all methods that are the same function', () => {
    const { Reports } = reports();
    copyMethod(Reports, 'every', methodOf(Reports, 'list'));
    expect(traceMethod(Reports, methodOf(Reports, 'list'))).toEqual([
      { owner: Reports, name: 'list' },
      { owner: Reports, name: 'every' },
    ]);
  });

  it('finds the nearest of several methods with the same name', () => {
    const { Reports } = reports();
    class Paid extends Reports {}
    copyMethod(Paid, 'list', methodOf(Reports, 'list'));
    expect(traceMethod(Paid, methodOf(Paid, 'list'))).toEqual([{ owner: Paid, name: 'list' }]);
  });

  it('finds a method of a class without handlers, which a library calls by itself', () => {
    class Consumer {
      consume() {}
    }
    const method = { owner: Consumer, name: 'consume' };
    expect(traceMethod(Consumer, methodOf(Consumer, 'consume'))).toEqual([method]);
  });

  it('finds none for another function with the same name', () => {
    const { Reports } = reports();
    const { Reports: Others } = reports();
    expect(traceMethod(Reports, methodOf(Others, 'list'))).toEqual([]);
  });

  it('finds none for a method that is not a handler', () => {
    const { Reports } = reports();
    expect(traceMethod(Reports, methodOf(Reports, 'count'))).toEqual([]);
  });

  it('finds the method of a wrapper that has its metadata, each method once', () => {
    const { Reports, PaidReports } = reports();
    markMethods(PaidReports);
    const declared = [{ owner: Reports, name: 'list' }];
    expect(traceMethod(PaidReports, wrap(methodOf(Reports, 'list')))).toEqual(declared);
    expect(traceMethod(PaidReports, methodOf(Reports, 'list'))).toEqual(declared);
  });

  it('finds no method of another class', () => {
    const { Reports } = reports();
    class Others {}
    copyMethod(Others, 'list', methodOf(Reports, 'list'));
    markMethods(Reports);
    markMethods(Others);
    const wrapper = wrap(methodOf(Reports, 'list'));
    expect(traceMethod(Others, wrapper)).toEqual([{ owner: Others, name: 'list' }]);
    class Strangers {}
    expect(traceMethod(Strangers, wrapper)).toEqual([]);
  });
});

describe('A function that replaces a handler in a constructor', () => {
  class Reports {
    show: unknown = 'no function';
    list() {}
    count() {}
  }
  class Replaced extends Reports {
    override list = () => {};
    override count = () => {};
  }
  Object.assign(Reports.prototype, { show() {} });
  handle(Reports, 'list', 'show');

  it('is traced to the method that it replaces, in this class and its subclasses', () => {
    const instance = new Replaced();
    readReplacements(instance, Replaced);
    readReplacements(instance, Replaced);
    expect(traceMethod(Replaced, instance.list)).toEqual([{ owner: Reports, name: 'list' }]);
    class Strangers {}
    expect(traceMethod(Strangers, instance.list)).toEqual([]);
  });

  it('is traced to each of several methods that it replaces', () => {
    const both = newFunction();
    const instance = Object.assign(new Replaced(), { list: both, show: both });
    readReplacements(instance, Replaced);
    expect(traceMethod(Replaced, both)).toEqual([
      { owner: Reports, name: 'list' },
      { owner: Reports, name: 'show' },
    ]);
  });

  it('is traced to nothing if the method is not a handler', () => {
    const instance = new Replaced();
    readReplacements(instance, Replaced);
    expect(traceMethod(Replaced, instance.count)).toEqual([]);
  });
});

function functions() {
  const { Reports, PaidReports } = reports();
  markMethods(PaidReports);
  const list = methodOf(Reports, 'list');
  return {
    isSame: (one: Function, other: Function) => isSameHandler(PaidReports, one, other),
    list,
    show: methodOf(PaidReports, 'show'),
    overridden: methodOf(Reports, 'show'),
    unknown: newFunction(),
  };
}

describe('Two functions', () => {
  it('are the same handler if they are identical or wrap the same function', () => {
    const { isSame, list } = functions();
    expect(isSame(list, list)).toBe(true);
    expect(isSame(list, wrap(list))).toBe(true);
    expect(isSame(wrap(list), wrap(list))).toBe(true);
  });

  it('are the same handler if they have one of several methods in common', () => {
    const { Reports } = reports();
    const both = newFunction();
    const one = newFunction();
    readReplacements({ list: both, show: both }, Reports);
    readReplacements({ list: one }, Reports);
    expect(isSameHandler(Reports, both, one)).toBe(true);
    expect(isSameHandler(Reports, one, both)).toBe(true);
  });

  it('are the same handler if neither can be traced', () => {
    const { isSame, unknown } = functions();
    expect(isSame(unknown, newFunction())).toBe(true);
  });

  it('are different handlers if they are different methods, or one overrides the other', () => {
    const { isSame, list, show, overridden } = functions();
    expect(isSame(list, show)).toBe(false);
    expect(isSame(overridden, show)).toBe(false);
  });

  it('are different handlers if only one of them can be traced', () => {
    const { isSame, list, unknown } = functions();
    expect(isSame(list, unknown)).toBe(false);
    expect(isSame(unknown, list)).toBe(false);
  });
});

describe('Marks on functions', () => {
  it('name every class that has the function, once', () => {
    const { Reports, PaidReports } = reports();
    class Others {}
    copyMethod(Others, 'all', methodOf(Reports, 'list'));
    for (const type of [PaidReports, PaidReports, Others]) markMethods(type);
    expect(declarationsOf(methodOf(Reports, 'list'))).toEqual([
      { owner: Reports, name: 'list' },
      { owner: Others, name: 'all' },
    ]);
    expect(declarationsOf(() => {})).toEqual([]);
  });

  it('name the class where an access decorator first saw a function, not those that it is copied to', () => {
    const { Reports, PaidReports } = reports();
    class Others {}
    copyMethod(Others, 'all', methodOf(Reports, 'list'));
    markOrigins(PaidReports);
    markOrigins(Others);
    expect(readOrigins(methodOf(Others, 'all'))).toEqual([{ owner: Reports, name: 'list' }]);
    expect(readOrigins(() => {})).toEqual([]);
  });
});

describe('The handlers of a class', () => {
  it('include inherited ones, each name once, but no other methods and no constructor', () => {
    const { PaidReports } = reports();
    Reflect.defineMetadata('path', '/reports', PaidReports);
    expect(handlerNames(PaidReports)).toEqual(['show', 'list']);
  });

  it('are declared by the nearest class with a handler of that name', () => {
    const { Reports, PaidReports } = reports();
    expect(declarationOf(PaidReports, 'show')).toEqual({ owner: PaidReports, name: 'show' });
    expect(declarationOf(PaidReports, 'list')).toEqual({ owner: Reports, name: 'list' });
    expect(declarationOf(PaidReports, 'missing')).toBeUndefined();
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
  it.each([['path'], ['microservices:pattern'], ['my-design:'], ['my/swagger/']])(
    'is a handler with the metadata %s, whatever other metadata it has',
    (key) => {
      expect(isHandler(withMetadata(key))).toBe(true);
      expect(isHandler(withMetadata('__guards__', key, 'design:type'))).toBe(true);
    },
  );

  it('is a handler with the metadata of a library that uses symbols', () => {
    expect(isHandler(withMetadata(Symbol('library')))).toBe(true);
  });

  it.each([
    ['__guards__'],
    ['__interceptors__'],
    ['__pipes__'],
    ['__exceptionFilters__'],
    ['design:paramtypes'],
    ['swagger/apiResponse'],
  ])('is not a handler with only %s', (key) => {
    expect(isHandler(withMetadata(key))).toBe(false);
  });

  it('is not a handler because of the marks and rules of this package', () => {
    class Reports {
      list() {}
    }
    markMethods(Reports);
    markOrigins(Reports);
    writeOverMethod(Reports, 'list', memberRule('@list'));
    expect(isHandler(methodOf(Reports, 'list'))).toBe(false);
    expect(isHandler(withMetadata())).toBe(false);
  });
});
