import { copyMethod, memberRule, newFunction } from '../../test/support/written-rules.js';
import {
  readClassRules,
  readMethodRules,
  recordClassRule,
  recordMethodRule,
} from './rule-metadata.js';

const [one, other] = [memberRule('@one'), memberRule('@other')];

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
  it('are recorded in order by the class and the name, whatever its function', () => {
    class Reports {
      list() {}
    }
    class Paid extends Reports {}
    recordMethodRule(Reports, 'list', one);
    copyMethod(Reports, 'list', newFunction());
    recordMethodRule(Paid, 'list', other);
    recordMethodRule(Paid, 'list', one);
    expect(readMethodRules(Reports, 'list')).toEqual([one]);
    expect(readMethodRules(Paid, 'list')).toEqual([other, one]);
    expect(readMethodRules(Reports, 'show')).toEqual([]);
  });
});
