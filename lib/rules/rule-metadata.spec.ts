import { copyMethod, memberRule, methodOf, newFunction } from '../../test/support/written-rules.js';
import {
  readCarriedRules,
  readClassRules,
  readMethodRules,
  recordClassRule,
  recordMethodRule,
} from './rule-metadata.js';

const [one, other] = [memberRule('@one'), memberRule('@other')];

class Reports {
  list() {}
}
class Paid extends Reports {}

describe('The rules over a class', () => {
  it('are kept in their order, for a wrapped class too, and not for those that extend it', () => {
    class Accounts {}
    recordClassRule(Accounts, one);
    recordClassRule(new Proxy(Accounts, {}), other);
    expect(readClassRules(Accounts)).toEqual([one, other]);
    expect(readClassRules(class extends Accounts {})).toEqual([]);
  });

  it('are kept by a function without a prototype', () => {
    const factory = newFunction();
    recordClassRule(factory, one);
    expect(readClassRules(factory)).toEqual([one]);
  });
});

describe('The rules over a method', () => {
  it('are kept by its name, and carried by the function that the class has', () => {
    const list = methodOf(Reports, 'list');
    recordMethodRule(Reports, 'list', list, one);
    class Copies {}
    copyMethod(Copies, 'all', list);
    recordMethodRule(Copies, 'all', list, other);
    expect(readMethodRules(Reports, 'list')).toEqual([one]);
    expect(readMethodRules(Copies, 'all')).toEqual([other]);
    expect(readCarriedRules(list)).toEqual([
      { rule: one, owner: Reports },
      { rule: other, owner: Copies },
    ]);
  });

  it('are not carried into other classes where the class only inherits the function', () => {
    const list = methodOf(Reports, 'list');
    const before = readCarriedRules(list);
    recordMethodRule(Paid, 'list', list, other);
    expect(readMethodRules(Paid, 'list')).toEqual([other]);
    expect(readCarriedRules(list)).toEqual(before);
  });
});
