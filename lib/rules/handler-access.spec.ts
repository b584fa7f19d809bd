import { kindsOfPropelAuth } from '../../test/support/written-rules.js';
import type { AccessMode } from './handler-access.js';
import { handlerAccessOf, isForEveryone } from './handler-access.js';
import { summaryOf } from './access-summary.js';
import { callersOfKinds } from './callers.js';
import { DEFAULT_POLICY, type Policy } from './policy.js';

describe('The access of a handler', () => {
  it('is for everyone only if it is open, exempt or public', () => {
    const open: AccessMode[] = ['open', 'exempt', 'public'];
    const guarded: AccessMode[] = ['required', 'optional', 'nobody'];
    expect([...open, ...guarded].filter(isForEveryone)).toEqual(open);
  });
});

it('A kind without words of its own is its name, without hyphens', () => {
  const policy = { ...DEFAULT_POLICY, callers: callersOfKinds({ 'share-link': undefined }) };
  const { kinds } = handlerAccessOf(policy, () => undefined);
  expect(kinds.get('share-link')).toEqual({ only: 'any', words: 'share link', facts: undefined });
});

describe('What the guard alone needs to know', () => {
  it('is in no description and in no table', () => {
    const policy: Required<Omit<Policy, 'exemptedBy' | 'decorator'>> = {
      ...DEFAULT_POLICY,
      uncheckedOrg: true,
      tokenSources: [() => 'a token'],
      needsPresentUser: true,
      isEndpoint: true,
      eventStream: 'always',
      inOperation: DEFAULT_POLICY,
    };
    const access = handlerAccessOf(policy, kindsOfPropelAuth);
    expect(access).toEqual({
      ...handlerAccessOf(DEFAULT_POLICY, kindsOfPropelAuth),
      uncheckedOrg: true,
    });
    expect(summaryOf(access)).toBe('user, org not checked');
  });
});
