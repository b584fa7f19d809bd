import { DEFAULT_POLICY, UNTRACEABLE_POLICY } from './policy.js';
import { UNTRACEABLE, USER } from './callers.js';

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
