import type { Type } from '@nestjs/common';
import {
  callerRule,
  copyMethod,
  handle,
  memberRule,
  methodOf,
  newFunction,
  wrap,
  writeOverClass,
  writeOverMethod,
} from '../../test/support/written-rules.js';
import { markMethods } from './declared-method.js';
import { hasRules, hasUnknownRules, ruledOriginOf } from './ruled-classes.js';

/** A class with a handler and without rules. */
function reports() {
  class Reports {
    list() {}
  }
  handle(Reports, 'list');
  return Reports;
}

function copyOf(from: Type, name = 'list'): Type {
  class Copies {}
  copyMethod(Copies, name, methodOf(from, 'list'));
  return Copies;
}

const originOf = (type: Type, name = 'list') => ruledOriginOf(type, methodOf(type, name));

/** A class under a rule, from which methods are copied. */
const ORIGINALS: Record<string, () => Type> = {
  ...Object.fromEntries(
    (['public', 'optional', 'user'] as const).map((mode) => [
      `a rule of the method, also one that opens: ${mode}`,
      () => {
        const Reports = reports();
        writeOverMethod(Reports, 'list', callerRule('@list', mode));
        return Reports;
      },
    ]),
  ),
  'a rule of the class': () => {
    const Reports = reports();
    writeOverClass(Reports, memberRule('@Reports'));
    return Reports;
  },
  'the rules of a method that the original overrides': () => {
    const Reports = reports();
    writeOverMethod(Reports, 'list', memberRule('@list'));
    class Paid extends Reports {
      override list() {}
    }
    handle(Paid, 'list');
    markMethods(Paid);
    return Paid;
  },
  'the rules of a class above the one that it is copied from': () => {
    class Base {}
    writeOverClass(Base, memberRule('@Base'));
    class Paid extends Base {
      list() {}
    }
    handle(Paid, 'list');
    markMethods(Paid);
    return Paid;
  },
  'a rule, although a decorator replaced the function under it': () => {
    const Reports = reports();
    writeOverMethod(Reports, 'list', memberRule('@list'));
    copyMethod(Reports, 'list', () => {});
    handle(Reports, 'list');
    markMethods(Reports);
    return Reports;
  },
};

describe('A copy of a method', () => {
  it.each(Object.entries(ORIGINALS))('is found under %s', (_what, plant) => {
    const type = plant();
    const origin = { owner: type, name: 'list' };
    expect(originOf(copyOf(type))).toEqual(origin);
    expect(originOf(copyOf(type, 'all'), 'all')).toEqual(origin);
    expect(originOf(type)).toBeUndefined();
  });

  it('is found in a class above, also if it is overridden, and as a wrapper with its metadata', () => {
    const Reports = reports();
    writeOverMethod(Reports, 'list', memberRule('@list'));
    const copies = copyOf(Reports);
    class Inheriting extends copies {}
    class Overriding extends copies {
      list() {}
    }
    handle(Overriding, 'list');
    markMethods(Overriding);
    const origin = { owner: Reports, name: 'list' };
    expect(originOf(Inheriting)).toEqual(origin);
    expect(originOf(Overriding)).toEqual(origin);
    expect(ruledOriginOf(class {}, wrap(methodOf(Reports, 'list')))).toEqual(origin);
  });

  it('is no copy in a class that extends the other', () => {
    const Reports = reports();
    writeOverMethod(Reports, 'list', memberRule('@list'));
    class Paid extends Reports {}
    copyMethod(Paid, 'list', methodOf(Reports, 'list'));
    expect(originOf(Paid)).toBeUndefined();
  });

  it('of a class without rules is found nowhere, until one of its classes has a rule', () => {
    const Mixin = reports();
    const copies = copyOf(Mixin);
    [Mixin, copies].forEach(markMethods);
    expect(originOf(copies)).toBeUndefined();
    writeOverClass(Mixin, memberRule('@Mixin'));
    expect(originOf(copies)).toEqual({ owner: Mixin, name: 'list' });
  });
});

describe('The rules of a function', () => {
  it('are unknown if it has no mark or that of another class, and either class has rules', () => {
    const [Ruled, Open] = [reports(), reports()];
    writeOverClass(Ruled, memberRule('@Ruled'));
    markMethods(Open);
    expect(hasUnknownRules(Ruled, methodOf(Ruled, 'list'))).toBe(false);
    expect(hasUnknownRules(Ruled, newFunction())).toBe(true);
    expect(hasUnknownRules(Ruled, methodOf(Open, 'list'))).toBe(true);
    expect(hasUnknownRules(Open, methodOf(Ruled, 'list'))).toBe(true);
    expect(hasUnknownRules(Open, newFunction())).toBe(false);
    expect(hasUnknownRules(Open, methodOf(reports(), 'list'))).toBe(false);
  });
});

describe('A class', () => {
  it('has rules if it, a class above or one of their methods has', () => {
    const withRule = reports();
    expect(hasRules(withRule)).toBe(false);
    writeOverMethod(withRule, 'list', memberRule('@list'));
    class Ruled {}
    writeOverClass(Ruled, memberRule('@Ruled'));
    for (const type of [withRule, Ruled]) {
      class Below extends type {}
      expect([type, Below].map(hasRules)).toEqual([true, true]);
    }
    expect(hasRules(() => {})).toBe(false);
  });

  it('has rules if a rule is on an inherited method, or on one that is no function any more', () => {
    const Reports = reports();
    class Paid extends Reports {}
    writeOverMethod(Paid, 'list', memberRule('@list'));
    expect([Reports, Paid].map(hasRules)).toEqual([false, true]);
    const Bound = reports();
    writeOverMethod(Bound, 'list', memberRule('@list'));
    Object.defineProperty(Bound.prototype, 'list', { get: () => () => {} });
    expect(hasRules(Bound)).toBe(true);
  });
});
