import type { AccessMode } from './handler-access.js';
import { handlerAccessOf, isForEveryone, OPEN_ACCESS } from './handler-access.js';
import { summaryOf } from './access-summary.js';
import { DEFAULT_POLICY, type Policy } from './policy.js';

describe('The access of a handler', () => {
  it('is for everyone only if it is open, exempt or public', () => {
    const open: AccessMode[] = ['open', 'exempt', 'public'];
    const guarded: AccessMode[] = ['user', 'optional', 'mcp', 'nobody'];
    expect([...open, ...guarded].filter(isForEveryone)).toEqual(open);
  });

  it('is without any rule if no guard protects it', () => {
    expect(OPEN_ACCESS).toEqual({ ...handlerAccessOf(DEFAULT_POLICY), access: 'open' });
  });
});

describe('What the guard alone needs to know', () => {
  it('is in no description and in no table', () => {
    const policy: Required<Omit<Policy, 'exemptedBy' | 'guardedBy'>> = {
      ...DEFAULT_POLICY,
      uncheckedOrg: true,
      tokenSources: [() => 'a token'],
      needsPresentUser: true,
      isMcpEndpoint: true,
      opensEventStream: true,
      mayRespondWithStream: true,
    };
    const access = handlerAccessOf(policy);
    expect(access).toEqual({ ...handlerAccessOf(DEFAULT_POLICY), uncheckedOrg: true });
    expect(summaryOf(access)).toBe('user, org not checked');
  });
});
