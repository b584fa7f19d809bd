import { fake } from '../../test/support/fake.js';
import { alwaysHas, DEFAULT_POLICY, UNTRACEABLE_POLICY, withCheck } from './policy.js';
import { UNTRACEABLE, USER } from './callers.js';
import type { RuleCheck, RuleType } from './rule.js';

const org = fake<RuleType>({ name: 'org' });
const scope = fake<RuleType>({ name: 'scope' });
const checkOf = (type: RuleType, combined: unknown = 1): RuleCheck => ({ type, combined });

/** What several `@RequireAnyOf()` say, each with its branches. */
function choices(...all: RuleType[][]): RuleCheck {
  const branchesOf = () => all.map((branches) => branches.map((type) => checkOf(type)));
  return checkOf(fake<RuleType>({ name: 'any-of', branchesOf }));
}

describe('The policy of a handler', () => {
  it('without any rule requires a user by default, not explicitly', () => {
    expect(DEFAULT_POLICY).toMatchObject({ callers: USER, isExplicit: false });
  });

  it('that cannot be traced rejects all callers', () => {
    expect(UNTRACEABLE_POLICY).toEqual({
      ...DEFAULT_POLICY,
      callers: UNTRACEABLE,
      isExplicit: true,
    });
  });
});

describe('The checks of a policy', () => {
  it('have one of each type: another replaces it, and comes last', () => {
    const checks = [checkOf(org), checkOf(scope)];
    expect(withCheck(checks, org, 2)).toEqual([checkOf(scope), checkOf(org, 2)]);
    expect(withCheck([checkOf(scope)], org, 2)).toEqual([checkOf(scope), checkOf(org, 2)]);
  });

  it.each<[string, RuleCheck[], boolean]>([
    ['none', [], false],
    ['one of the type', [checkOf(scope), checkOf(org)], true],
    ['another', [checkOf(scope)], false],
    ['a choice, of which one branch has another alone', [choices([org, scope])], false],
    ['two choices, of which one has it in all branches', [choices([org, scope], [org, org])], true],
  ])('always have a type with %s', (_what, checks, expected) => {
    expect(alwaysHas({ checks }, org)).toBe(expected);
  });
});
