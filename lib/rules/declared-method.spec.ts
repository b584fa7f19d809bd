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
  it('is that of the own or inherited method that the function is', () => {
    const { Reports, PaidReports } = marked();
    expect(tracedName(PaidReports, methodOf(PaidReports, 'list'))).toBe('list');
    expect(tracedName(PaidReports, methodOf(PaidReports, 'show'))).toBe('show');
    expect(tracedName(PaidReports, methodOf(Reports, 'show'))).toBe('show');
  });

  it('is that of a wrapper with its metadata', () => {
    const { Reports, PaidReports } = marked();
    expect(tracedName(PaidReports, wrap(methodOf(Reports, 'list')))).toBe('list');
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

  it.each<[string, (types: ReturnType<typeof marked>) => Function]>([
    ['has no mark', () => newFunction()],
    ['is bound', ({ Reports }) => methodOf(Reports, 'list').bind({})],
    ['is a method of a subclass', ({ PaidReports }) => methodOf(PaidReports, 'show')],
    ['is a method of another class', () => methodOf(marked().Reports, 'list')],
    ['is a wrapped method of another class', () => wrap(methodOf(marked().Reports, 'list'))],
    ['is not a handler', ({ Reports }) => methodOf(Reports, 'count')],
  ])('is unknown if the function %s', (_what, functionIn) => {
    const types = marked();
    expect(tracedName(types.Reports, functionIn(types))).toBeUndefined();
  });
});

describe('Two functions', () => {
  it('are the same handler if they are identical or wrap the same function', () => {
    const list = methodOf(marked().Reports, 'list');
    const unknown = newFunction();
    expect(isSameHandler(unknown, unknown)).toBe(true);
    expect(isSameHandler(list, wrap(list))).toBe(true);
    expect(isSameHandler(wrap(list), wrap(list))).toBe(true);
  });

  it('are different handlers if they are different methods, or one overrides the other', () => {
    const { Reports, PaidReports } = marked();
    const show = methodOf(PaidReports, 'show');
    expect(isSameHandler(methodOf(PaidReports, 'list'), show)).toBe(false);
    expect(isSameHandler(methodOf(Reports, 'show'), show)).toBe(false);
    expect(isSameHandler(methodOf(Reports, 'list'), methodOf(Reports, 'show'))).toBe(false);
  });

  it('are different handlers if one of them has no mark, or neither', () => {
    const list = methodOf(marked().Reports, 'list');
    expect(isSameHandler(list, newFunction())).toBe(false);
    expect(isSameHandler(newFunction(), list)).toBe(false);
    expect(isSameHandler(newFunction(), newFunction())).toBe(false);
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
    writeOverMethod(Reports, 'list', memberRule('@list'));
    expect(isHandler(methodOf(Reports, 'list'))).toBe(false);
    expect(isHandler(withMetadata())).toBe(false);
  });
});
