import { UseGuards, type Type } from '@nestjs/common';
import { PropelAuthGuard } from '../guard/propel-auth.guard.js';
import {
  callerRule,
  handle,
  memberRule,
  methodOf,
  writeOverMethod,
} from '../../test/support/written-rules.js';
import type { AccessRule } from './rule.js';
import { asksCallers, hasRule, isUnderRule } from './is-under-rule.js';

function reportsUnder(...rules: AccessRule[]) {
  class Reports {
    list() {}
  }
  handle(Reports, 'list');
  writeOverMethod(Reports, 'list', ...rules);
  return Reports;
}

describe('A handler', () => {
  it.each<[string, AccessRule[], boolean]>([
    ['a user', [callerRule('@RequireUser()')], true],
    ['an optional user', [callerRule('@OptionalUser()', 'optional')], true],
    ['a member of an organization', [memberRule('@RequireOrgMember()')], true],
    ['nothing, by decorator', [callerRule('@Public()', 'public')], false],
    ['nothing, without a decorator', [], false],
  ])('has rules for its callers if it requires %s: %#', (_what, rules, expected) => {
    const Reports = reportsUnder(...rules);
    const list = methodOf(Reports, 'list');
    expect(hasRule(Reports, list)).toBe(rules.length > 0);
    expect(asksCallers(Reports, 'list', list)).toBe(expected);
    expect(isUnderRule(Reports, list)).toBe(expected);
    expect(isUnderRule(Reports, list)).toBe(expected);
  });

  it.each<[string, (type: Type, list: Function) => void, boolean]>([
    ['nothing', () => {}, false],
    ['the guard of its class', (type) => UseGuards(PropelAuthGuard)(type), true],
    ['its own guard', (_type, list) => UseGuards(PropelAuthGuard)(list as Type), true],
  ])('has a rule by %s, which asks nothing of callers', (_what, decorate, expected) => {
    const Reports = reportsUnder();
    const list = methodOf(Reports, 'list');
    decorate(Reports, list);
    expect([hasRule(Reports, list), isUnderRule(Reports, list)]).toEqual([expected, false]);
  });

  it('is under a rule that is written after somebody asked', () => {
    const Reports = reportsUnder();
    const list = methodOf(Reports, 'list');
    expect(isUnderRule(Reports, list)).toBe(false);
    writeOverMethod(Reports, 'list', callerRule('@late'));
    expect(isUnderRule(Reports, list)).toBe(true);
  });

  it('has unknown rules if it cannot be traced, but in a class without rules', () => {
    expect(isUnderRule(reportsUnder(callerRule('@list')), () => {})).toBe('unknown');
    expect(isUnderRule(reportsUnder(), () => {})).toBe(false);
  });
});
