import { Get, type Type } from '@nestjs/common';
import { decorateHandler } from '../../test/support/routes.js';
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
  originOf,
  ownFunctionOf,
  readReplacements,
  traceMethod,
} from './declared-method.js';

const functionOf = (type: Type, name: string) =>
  (type.prototype as Record<string, Function>)[name] as Function;

/** Makes a method the handler of a route. */
function handle(type: Type, ...names: string[]): Type {
  for (const name of names) decorateHandler(type, name, Get());
  return type;
}

/** Wraps a function as tools do that watch handlers: with its metadata, under no name. */
function wrap(method: Function): Function {
  const wrapper = (): unknown => undefined;
  for (const key of Reflect.getOwnMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), wrapper);
  }
  return wrapper;
}

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

describe('The methods that a function is', () => {
  it('are those that the class has it as, its own and inherited ones', () => {
    const { Reports, PaidReports } = reports();
    expect(traceMethod(PaidReports, functionOf(PaidReports, 'list'))).toEqual([
      { owner: Reports, name: 'list' },
    ]);
    expect(traceMethod(PaidReports, functionOf(PaidReports, 'show'))).toEqual([
      { owner: PaidReports, name: 'show' },
    ]);
    expect(traceMethod(PaidReports, functionOf(Reports, 'show'))).toEqual([
      { owner: Reports, name: 'show' },
    ]);
  });

  it('are all of which it is the same function', () => {
    const { Reports } = reports();
    Object.assign(Reports.prototype, { every: functionOf(Reports, 'list') });
    expect(traceMethod(Reports, functionOf(Reports, 'list'))).toEqual([
      { owner: Reports, name: 'list' },
      { owner: Reports, name: 'every' },
    ]);
  });

  it('are none for a function of that name which is not the method', () => {
    const { Reports } = reports();
    const list = { list() {} };
    Get()(list, 'list', Object.getOwnPropertyDescriptor(list, 'list') as PropertyDescriptor);
    expect(traceMethod(Reports, list.list)).toEqual([]);
  });

  it('are none for a method that no decorator makes a handler', () => {
    const { Reports } = reports();
    expect(traceMethod(Reports, functionOf(Reports, 'count'))).toEqual([]);
  });

  it('are kept by a wrapper that has the metadata, and told once for the method itself', () => {
    const { Reports, PaidReports } = reports();
    markMethods(PaidReports);
    const declared = [{ owner: Reports, name: 'list' }];
    expect(traceMethod(PaidReports, wrap(functionOf(Reports, 'list')))).toEqual(declared);
    expect(traceMethod(PaidReports, functionOf(Reports, 'list'))).toEqual(declared);
  });

  it('do not include what it is in another class', () => {
    const { Reports } = reports();
    class Others {}
    Object.assign(Others.prototype, { list: functionOf(Reports, 'list') });
    markMethods(Reports);
    markMethods(Others);
    const wrapper = wrap(functionOf(Reports, 'list'));
    expect(traceMethod(Others, wrapper)).toEqual([{ owner: Others, name: 'list' }]);
    class Strangers {}
    expect(traceMethod(Strangers, wrapper)).toEqual([]);
  });
});

describe('A function that a constructor has put in place of a handler', () => {
  class Reports {
    total: unknown = 7;
    // oxlint-disable-next-line typescript/class-literal-property-style
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

  it('stands for the method it replaces, in this class and those that extend it', () => {
    const instance = new Replaced();
    readReplacements(instance, Replaced);
    readReplacements(instance, Replaced);
    expect(traceMethod(Replaced, instance.list)).toEqual([{ owner: Reports, name: 'list' }]);
    class Strangers {}
    expect(traceMethod(Strangers, instance.list)).toEqual([]);
  });

  it('stands for each of several that it replaces', () => {
    const both = () => {};
    const instance = Object.assign(new Replaced(), { list: both, show: both });
    readReplacements(instance, Replaced);
    expect(traceMethod(Replaced, both)).toEqual([
      { owner: Reports, name: 'list' },
      { owner: Reports, name: 'show' },
    ]);
  });

  it('stands for nothing where the method is no handler', () => {
    const instance = new Replaced();
    readReplacements(instance, Replaced);
    expect(traceMethod(Replaced, instance.count)).toEqual([]);
  });
});

describe('Two functions', () => {
  const { Reports, PaidReports } = reports();
  markMethods(PaidReports);
  const list = functionOf(Reports, 'list');
  const show = functionOf(PaidReports, 'show');
  const unknown = () => {};

  it.each<[string, Function, Function]>([
    ['they are one', list, list],
    ['one wraps the other', list, wrap(list)],
    ['both wrap the same', wrap(list), wrap(list)],
    ['neither can be traced', unknown, () => {}],
  ])('are the same handler when %s', (_when, one, other) => {
    expect(isSameHandler(PaidReports, one, other)).toBe(true);
  });

  it.each<[string, Function, Function]>([
    ['they are different methods', list, show],
    ['one overrides the other', functionOf(Reports, 'show'), show],
    ['only the first can be traced', list, unknown],
    ['only the second can be traced', unknown, list],
  ])('are not when %s', (_when, one, other) => {
    expect(isSameHandler(PaidReports, one, other)).toBe(false);
  });
});

describe('Marks on functions', () => {
  it('name every class that has the function, once', () => {
    const { Reports, PaidReports } = reports();
    class Others {}
    Object.assign(Others.prototype, { all: functionOf(Reports, 'list') });
    for (const type of [PaidReports, PaidReports, Others]) markMethods(type);
    expect(declarationsOf(functionOf(Reports, 'list'))).toEqual([
      { owner: Reports, name: 'list' },
      { owner: Others, name: 'all' },
    ]);
    expect(declarationsOf(() => {})).toEqual([]);
  });

  it('name the class that a function was written in, and not those that it is copied into', () => {
    const { Reports, PaidReports } = reports();
    class Others {}
    Object.assign(Others.prototype, { all: functionOf(Reports, 'list') });
    markOrigins(PaidReports);
    markOrigins(Others);
    expect(originOf(functionOf(Others, 'all'))).toEqual({ owner: Reports, name: 'list' });
    expect(originOf(() => {})).toBeUndefined();
  });
});

describe('The handlers of a class', () => {
  it('include inherited ones, each name once, and neither other methods nor the constructor', () => {
    const { PaidReports } = reports();
    Reflect.defineMetadata('path', '/reports', PaidReports);
    expect(handlerNames(PaidReports)).toEqual(['show', 'list']);
  });

  it('are declared by the nearest class that has one of that name', () => {
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
  const withoutPrototype = () => {};
  const withNullPrototype = Object.assign(function () {}, { prototype: null });

  it('are its methods, without inherited ones, accessors and values', () => {
    expect(methodsOf(Reports)).toEqual([functionOf(Reports, 'list')]);
    expect(methodsOf(PaidReports)).toEqual([]);
    expect([withoutPrototype, withNullPrototype].flatMap(methodsOf)).toEqual([]);
  });

  it('are found by name', () => {
    expect(ownFunctionOf(Reports, 'list')).toBe(functionOf(Reports, 'list'));
    for (const name of ['count', 'limit', 'missing']) {
      expect(ownFunctionOf(Reports, name)).toBeUndefined();
    }
    for (const type of [PaidReports, withoutPrototype, withNullPrototype]) {
      expect(ownFunctionOf(type, 'list')).toBeUndefined();
    }
  });
});

describe('Whether a class is one of a chain', () => {
  it('is told by its prototype, which a wrapped class keeps', () => {
    const { Reports, PaidReports } = reports();
    expect(isAmong([PaidReports, Reports], new Proxy(Reports, {}))).toBe(true);
    expect(isAmong([PaidReports], Reports)).toBe(false);
  });
});

describe('A method', () => {
  const withMetadata = (...keys: unknown[]) => {
    const method = () => {};
    for (const key of keys) Reflect.defineMetadata(key, true, method);
    return method;
  };

  it.each([['path'], ['microservices:pattern'], ['my-design:'], ['my/swagger/']])(
    'is a handler with the metadata %s, whatever else it has',
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
  ])('is no handler with %s alone', (key) => {
    expect(isHandler(withMetadata(key))).toBe(false);
  });

  it('is no handler by the marks of this package', () => {
    class Reports {
      list() {}
    }
    markMethods(Reports);
    markOrigins(Reports);
    expect(isHandler(functionOf(Reports, 'list'))).toBe(false);
    expect(isHandler(withMetadata())).toBe(false);
  });
});
