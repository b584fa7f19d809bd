import { OrgMemberInfo, UserClass, type User } from '@propelauth/node-apis';
import { until } from '../../test/support/fake-timers.js';
import type { UserState } from '../propelauth/backend/user-state.js';
import { NewMemberships } from './new-memberships.js';
import { UserQuestions } from '../propelauth/users/user-questions.js';

const USER_ID = '0b0f7d1c-0000-4000-8000-000000000001';
const ORG_ID = '0b0f7d1c-0000-4000-8000-000000000002';
const user = new UserClass({ userId: USER_ID, email: 'alice@example.com' } as User);

const membership = new OrgMemberInfo(ORG_ID, 'Initech', {}, 'initech', 'Owner', ['Owner'], []);

describe('Organizations that a user has joined', () => {
  it('are not read from the answer to a question that was sent before the call', async () => {
    let now = 1_000;
    const clock = { wallSeconds: () => now, monotonicSeconds: () => now };
    const asked: ((state: UserState) => void)[] = [];
    const fetchUserState = () => new Promise<UserState>((answer) => asked.push(answer));
    const questions = new UserQuestions(
      { fetchUserState, fetchUserStates: () => Promise.resolve(new Map()) },
      clock,
    );
    const orgs = new NewMemberships(questions, undefined, clock);
    const earlier = questions.ask(USER_ID, () => true);
    await until(() => asked.length === 1);
    now += 1;
    const joining = orgs.newMemberships(user, [{ orgId: ORG_ID }], undefined);
    await until(() => asked.length === 2);
    asked[0]?.({ isEnabled: true, orgs: new Map() });
    await earlier;
    asked[1]?.({ isEnabled: true, orgs: new Map([[ORG_ID, membership]]) });
    expect((await joining)?.getOrg(ORG_ID)?.orgName).toBe('Initech');
  });
});
