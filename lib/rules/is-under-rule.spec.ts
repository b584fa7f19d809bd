import {
  callerRule,
  handle,
  memberRule,
  methodOf,
  writeOverMethod,
} from '../../test/support/written-rules.js';
import type { AccessRule } from './rule.js';
import { asksCallers, isUnderRule } from './is-under-rule.js';

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
    expect(asksCallers(Reports, 'list', list)).toBe(expected);
    expect(isUnderRule(Reports, list)).toBe(expected);
    expect(isUnderRule(Reports, list)).toBe(expected);
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
