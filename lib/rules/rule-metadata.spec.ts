import { copyMethod, memberRule, methodOf, newFunction } from '../../test/support/written-rules.js';
import {
  readClassRules,
  readMethodRules,
  readOrigins,
  recordClassRule,
  recordMethodRule,
} from './rule-metadata.js';

const [one, other] = [memberRule('@one'), memberRule('@other')];

class Reports {
  list() {}
}
class Paid extends Reports {}

describe('The rules on a class', () => {
  it('are kept in order, also for a wrapped class, but not for subclasses', () => {
    class Accounts {}
    recordClassRule(Accounts, one);
    recordClassRule(new Proxy(Accounts, {}), other);
    expect(readClassRules(Accounts)).toEqual([one, other]);
    expect(readClassRules(class extends Accounts {})).toEqual([]);
  });

  it('can be recorded for a function without a prototype', () => {
    const factory = newFunction();
    recordClassRule(factory, one);
    expect(readClassRules(factory)).toEqual([one]);
  });
});

describe('The rules on a method', () => {
  it('are recorded by its name, and its function is marked with each class where it has any', () => {
    const list = methodOf(Reports, 'list');
    recordMethodRule(Reports, 'list', list, one);
    class Copies {}
    copyMethod(Copies, 'all', list);
    recordMethodRule(Copies, 'all', list, other);
    recordMethodRule(Copies, 'all', list, one);
    expect(readMethodRules(Reports, 'list')).toEqual([one]);
    expect(readMethodRules(Copies, 'all')).toEqual([other, one]);
    expect(readOrigins(list)).toEqual([
      { owner: Reports, name: 'list' },
      { owner: Copies, name: 'all' },
    ]);
  });

  it('do not mark a function that the class only inherits', () => {
    const list = methodOf(Reports, 'list');
    const before = readOrigins(list);
    recordMethodRule(Paid, 'list', list, other);
    expect(readMethodRules(Paid, 'list')).toEqual([other]);
    expect(readOrigins(list)).toEqual(before);
  });
});
