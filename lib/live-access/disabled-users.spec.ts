import { DisabledUsers } from './disabled-users.js';
import { LIMITS } from './limits.js';

const stateOf = (users: DisabledUsers, id = 'alice') => [users.has(id), users.mayHave(id)];

describe('A user whom an event calls disabled', () => {
  const NOW = 100;
  const disabled = (maximumMarks = LIMITS.maximumMarks) => {
    const users = new DisabledUsers({ ...LIMITS, toleranceSeconds: 60, maximumMarks });
    users.add('Alice', NOW);
    return users;
  };

  it('is one, whatever the case of the id, and nobody else is', () => {
    expect(stateOf(disabled())).toEqual([true, true]);
    expect(stateOf(disabled(), 'ALICE')).toEqual([true, true]);
    expect(stateOf(disabled(), 'bob')).toEqual([false, false]);
  });

  it('may be one until PropelAuth answers a question from two seconds after the last event', () => {
    const users = disabled();
    users.doubt('ALICE');
    expect(stateOf(users)).toEqual([false, true]);
    users.lift('ALICE', NOW + 1.9);
    expect(stateOf(users)).toEqual([false, true]);
    users.add('alice', NOW + 1);
    users.lift('alice', NOW + 2.9);
    expect(stateOf(users)).toEqual([true, true]);
    users.lift('ALICE', NOW + 3);
    expect(stateOf(users)).toEqual([false, false]);
  });

  it('is not one because of an event that calls them enabled', () => {
    const users = disabled();
    users.doubt('bob');
    users.lift('bob', NOW);
    expect(stateOf(users, 'bob')).toEqual([false, false]);
  });

  it('may be anyone once there were too many to remember', () => {
    const users = disabled(2);
    users.add('bob', NOW);
    expect(stateOf(users, 'carol')).toEqual([false, false]);
    users.add('alice', NOW);
    users.add('carol', NOW);
    expect(stateOf(users, 'bob')).toEqual([false, true]);
    expect(stateOf(users, 'dave')).toEqual([false, true]);
    expect(stateOf(users)).toEqual([true, true]);
  });
});
