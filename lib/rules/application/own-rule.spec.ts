import { clashOfCodes, mistakeInRule, type OwnRule } from './own-rule.js';

const RULE: OwnRule = { name: 'odd', authorize: () => true };

describe('mistakeInRule()', () => {
  it.each<[string, object]>([
    ['with a method alone', {}],
    ['with all needs', { requires: ['caller', 'userId', 'org'] }],
    ['with no need', { requires: [] }],
    ['whose verdicts are shared', { shared: true }],
    ['whose verdicts are not shared', { shared: false }],
    ['with words', { describe: () => 'odd' }],
    ['with each status', { denials: { a: 401, b: 402, c: 403, d: 404, e: 409, f: 428, g: 429 } }],
    ['with a code of several words', { denials: { plan_2_required: 402 } }],
  ])('accepts a rule %s', (_what, properties) => {
    expect(mistakeInRule({ ...RULE, ...properties })).toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      'without authorize()',
      { authorize: undefined },
      'has no method authorize(). Add authorize(call, …args), which returns true to let a call in.',
    ],
    [
      'with a describe that is no method',
      { describe: 'odd' },
      'has a describe that is not a method. Make it describe(…args), which returns a text.',
    ],
    [
      'with a shared that is neither true nor false',
      { shared: 'request' },
      'has a wrong shared. Set it to true or false.',
    ],
    [
      'with an unknown need beside a known one',
      { requires: ['org', 'role'] },
      "has a wrong requires. Set it to a list of 'caller', 'userId' and 'org'.",
    ],
    [
      'with needs that are no list',
      { requires: 'org' },
      "has a wrong requires. Set it to a list of 'caller', 'userId' and 'org'.",
    ],
    ...[{}, null, 'odd'].map((denials): [string, object, string] => [
      `with the denials ${JSON.stringify(denials)}`,
      { denials },
      'has wrong denials. Set them to at least one code and its status, such as { plan_required: 402 }, or leave them out.',
    ]),
    ...(
      [
        ['odd', 500],
        ['odd', '403'],
        ['Odd', 403],
        ['odd code', 403],
        ['odd_', 403],
        ['_odd', 403],
        ['odd__code', 403],
        ['oDd', 403],
        ['odd_cOde', 403],
        ['2odd', 403],
        ['access_denied', 403],
      ] as const
    ).map(([code, status]): [string, object, string] => [
      `that denies calls with ${typeof status} ${status} ${code}`,
      { denials: { fine: 402, [code]: status } },
      `denies calls with ${status} ${code}. Codes are lower-case letters, digits and underscores, and not those of this package; ` +
        'statuses are 401, 402, 403, 404, 409, 428, 429.',
    ]),
  ])('finds what is wrong with a rule %s', (_what, properties, mistake) => {
    expect(mistakeInRule({ ...RULE, ...properties })).toBe(mistake);
  });
});

describe('clashOfCodes()', () => {
  const rule: OwnRule = { ...RULE, denials: { both: 404, own: 402 } };

  it.each<[string, OwnRule['denials'], string | undefined]>([
    ['no codes', undefined, undefined],
    ['other codes', { other: 403 }, undefined],
    ['the same code with the same status', { both: 404 }, undefined],
    [
      'the same code with another status',
      { both: 409 },
      'denies calls with 404 both, and Other with 409 both. Give each code one status.',
    ],
  ])('compares the codes of a rule with one that has %s', (_what, denials, clash) => {
    expect(clashOfCodes(rule, { ...RULE, denials }, 'Other')).toBe(clash);
  });
});
