import { callerRule, ofOrg, ofScopes } from '../../../test/support/written-rules.js';
import type { AccessRule, Level, RuledHandler, RuleOverride } from '../rule.js';
import { auditOrgRules } from './org-audit.js';

const member = (decorator: string, source?: () => undefined) =>
  ofOrg({ type: 'member' }, source, decorator);
const [one, other] = [() => undefined, () => undefined];
const unchecked: AccessRule = { ...callerRule('@RequireUser()'), uncheckedOrg: true };
const overriding: RuleOverride = { overrides: 'classes', decorator: '@OverrideRules()' };

function problemsOf(onMethod: AccessRule[], onClass: AccessRule[] = []): string[] {
  const outer: Level = { rules: onClass, outside: [] };
  const handler = {
    levels: {
      method: { rules: onMethod, outside: [onClass] },
      overridden: [],
      classes: [outer],
      global: { rules: [], outside: [] },
    },
  } as unknown as RuledHandler;
  return auditOrgRules(undefined, handler);
}

const CONFLICT =
  '@A and @B have different org sources on the same method or class. Keep one; to check two, put one on the class and one on the method.';
const CHECKED =
  'The option uncheckedOrg of @RequireUser() contradicts @A, which checks the organization. Remove one of them.';

const OVERRIDE = ', or add @OverrideRules(): the rules of a handler add to those of its class.';

describe('Organization rules contradict each other', () => {
  it.each<[string, AccessRule[], AccessRule[], string[]]>([
    ['with two sources on one level', [member('@A', one), member('@B', other)], [], [CONFLICT]],
    ['not with one source twice', [member('@A', one), member('@B', one)], [], []],
    ['not with one source and none', [member('@A', one), member('@B')], [], []],
    ['not with a source on each level', [member('@A', one)], [member('@B', other)], []],
  ])('%s', (_what, onMethod, onClass, problems) => {
    expect(problemsOf(onMethod, onClass)).toEqual(problems);
  });
});

describe('uncheckedOrg contradicts an organization rule', () => {
  it.each<[string, AccessRule[], AccessRule[], string[]]>([
    ['beside it', [unchecked, member('@A')], [], [CHECKED]],
    ['inside of it', [unchecked], [member('@A')], [CHECKED.replace(/\.$/, OVERRIDE)]],
    ['not outside of it', [member('@A')], [unchecked], []],
    [
      'not where its handler drops the rules of its class',
      [unchecked, overriding],
      [member('@A')],
      [],
    ],
    ['not beside other rules', [unchecked, ofScopes('read')], [], []],
    ['not where nobody sets it', [callerRule('@RequireUser()'), member('@A')], [], []],
    [
      'not as a property of something else',
      [{ ...ofScopes('read'), uncheckedOrg: true } as never, member('@A')],
      [],
      [],
    ],
  ])('%s', (_what, onMethod, onClass, problems) => {
    expect(problemsOf(onMethod, onClass)).toEqual(problems);
  });
});
