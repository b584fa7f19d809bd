import { OrgMemberInfo } from '@propelauth/node-apis';
import type { UserState } from '../backend/user-state.js';
import { Answers } from './answers.js';
import type { Clock } from '../../values/clock.js';

/** The clock stands still, so that no answer is too old on a slow machine. */
const clock: Clock = { wallSeconds: () => 0, monotonicSeconds: () => 0 };

function membershipIn(orgId: string, permissions: string[], metadata: object): OrgMemberInfo {
  const roles = ['Admin', 'Member'];
  return new OrgMemberInfo(
    orgId,
    'Acme Inc',
    { ...metadata },
    'acme-inc',
    'Admin',
    roles,
    permissions,
  );
}

/** The state of a user with this many organizations, and this many permissions in each. */
function stateWith(orgCount: number, permissionCount: number): UserState {
  const permissions = Array.from({ length: permissionCount }, (_, number) => `can_${number}`);
  return {
    isEnabled: true,
    orgs: new Map(
      Array.from({ length: orgCount }, (_, number) => [
        `org-${number}`,
        membershipIn(`org-${number}`, permissions, {}),
      ]),
    ),
  };
}

describe('The cache of current access', () => {
  let answers: Answers;

  beforeEach(() => {
    answers = new Answers(clock);
  });

  /** The numbers of the users whose answers are cached, after storing answers for this many users. */
  function remembered(userCount: number, state: UserState | null): number[] {
    const numbers = Array.from({ length: userCount }, (_, number) => number);
    const askedAt = clock.monotonicSeconds();
    for (const number of numbers) answers.set(`user-${number}`, { askedAt, state });
    return numbers.filter((number) => answers.get(`user-${number}`, () => true) !== undefined);
  }

  it('keeps the latest 10,000 users in a few organizations', () => {
    const profile = { email: 'alice@example.com', firstName: 'Alice', properties: { plan: 'pro' } };
    const numbers = remembered(10_001, { ...stateWith(3, 8), profile });
    expect(numbers).toHaveLength(10_000);
    expect(numbers[0]).toBe(1);
  });

  it('keeps 10,000 users who do not exist', () => {
    expect(remembered(10_001, null)).toHaveLength(10_000);
  });

  it('keeps fewer users with long properties or metadata, up to 25 MB', () => {
    const text = 'x'.repeat(999_999);
    const state = stateWith(0, 0);
    expect(remembered(60, { ...state, profile: { properties: { text } } })).toHaveLength(24);
    const orgs = new Map([['org-0', membershipIn('org-0', [], { text })]]);
    expect(remembered(60, { ...state, orgs })).toHaveLength(24);
  });

  it('keeps properties of any depth', () => {
    let properties = {};
    for (let depth = 0; depth < 200_000; depth++) properties = { deeper: properties };
    expect(remembered(1, { ...stateWith(0, 0), profile: { properties } })).toHaveLength(1);
  });

  it('keeps fewer users in many organizations, up to 500,000 organizations, roles and permissions', () => {
    // The names of an organization count as 1.28 permissions.
    const numbers = remembered(1_000, stateWith(100, 94));
    expect(numbers).toHaveLength(50);
    expect(numbers[0]).toBe(950);
  });
});
