import { HttpException } from '@nestjs/common';
import { Rejection } from '../../rejections/rejection.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import type { RuleCall } from '../rule-call.js';
import type { KindFacts, RuledHandler, RuleServices, RuleType, Verdict } from '../rule.js';
import { anyOfRule, type Branches } from './any-of-rule.js';

const NOBODY = {} as RuleServices;

/** A rule of a type that says what a test wants, of itself as its argument. */
function rule(name: string, type: Partial<RuleType> = {}) {
  const told: RuleType = {
    name,
    combine: (rules) => rules.map(({ argument, level }) => [argument, level]),
    on: (_kind, argument) => argument as Verdict,
    describe: () => ({ reasons: [], data: name }),
    ...type,
  };
  return { type: told, argument: name, level: 'method', decorator: `@${name}()` } as never;
}

function branchesOf(...types: Partial<RuleType>[]): Branches[] {
  const branches = types.map((type, index) => rule(`rule-${index}`, type));
  return [
    ...anyOfRule.combine([{ argument: { branches }, level: 'method' } as never], {} as never),
  ];
}

function passing(org?: object): Partial<RuleType> {
  return {
    check(call) {
      if (org !== undefined) call.keepOrg(org as never);
    },
  };
}

function denying(reason: RejectionReason): () => never {
  return () => {
    throw new Rejection(reason);
  };
}

/** Checks a call of which other rules have found an organization, or none; returns that of the call afterwards. */
async function check(before: object | null, ...types: Partial<RuleType>[]): Promise<unknown> {
  const call = { org: before, keepOrg: (org: object) => Object.assign(call, { org }) };
  await anyOfRule.check?.(call as unknown as RuleCall, branchesOf(...types), NOBODY);
  return call.org;
}

describe('The rule of @RequireAnyOf()', () => {
  it('is about users as PropelAuth knows them now', () => {
    expect(anyOfRule.needsUser).toBe(true);
  });

  it('combines each branch for itself, at the level of its decorator, the outer level first', () => {
    const levels = ['method', 'class'].map((level) => ({
      argument: { branches: [rule(`${level} a`), rule(`${level} b`)] },
      level,
    }));
    const combined = anyOfRule.combine(levels as never, {} as never);
    expect(combined.map((branches) => branches.map((branch) => branch.combined))).toEqual([
      [[['class a', 'class']], [['class b', 'class']]],
      [[['method a', 'method']], [['method b', 'method']]],
    ]);
  });

  it.each<[Verdict[], Verdict]>([
    [['never', 'never'], 'never'],
    [['never', 'met'], 'checked'],
    [['checked', 'never'], 'checked'],
  ])('is said of a kind of callers by its branches: %j is %s', (verdicts, verdict) => {
    const branches = verdicts.map((one) => rule(one));
    expect(anyOfRule.on({} as KindFacts, { branches })).toBe(verdict);
  });

  it('accepts nobody where one branch does', () => {
    const strict = rule('strict');
    const open = rule('open', { acceptsNobody: (argument) => argument === 'open' });
    const closed = rule('closed', { acceptsNobody: () => false });
    const accepted = [
      [strict, closed],
      [strict, open],
    ].map((branches) => anyOfRule.acceptsNobody?.({ branches }));
    expect(accepted).toEqual([false, true]);
  });

  it('reads the call where one branch does', () => {
    const read = [false, true].map((reads) =>
      anyOfRule.dependsOnCall?.(branchesOf({}, { dependsOnCall: () => reads })),
    );
    expect(read).toEqual([false, true]);
  });

  it('describes all that its branches ask for, which none of them needs alone', () => {
    const parameter = {
      name: 'orgId',
      in: 'query',
      description: 'The id',
      required: true,
    } as const;
    const denial = { rule: 'editor', code: 'no', status: 404 } as never;
    const described = anyOfRule.describe([
      ...branchesOf(
        {
          describe: () => ({
            who: 'members',
            words: 'with a plan',
            reasons: ['org_mismatch'],
            parameters: [parameter],
            data: 1,
          }),
        },
        { describe: () => ({ words: 'editor', reasons: [], denials: [denial], data: 2 }) },
      ),
      ...branchesOf({ describe: () => ({ who: 'all', reasons: ['scope_missing'], data: 3 }) }),
    ]);
    expect(described).toEqual({
      words: 'either members with a plan or editor, either all',
      reasons: ['org_mismatch', 'scope_missing'],
      reasonsForNobody: ['credential_missing'],
      denials: [denial],
      parameters: [{ ...parameter, required: false }],
      data: [[{ 'rule-0': 1 }, { 'rule-1': 2 }], [{ 'rule-0': 3 }]],
    });
  });

  it('is checked from code with the organization that the code names', () => {
    const type: Partial<RuleType> = {
      fromCode: (argument, orgId) => `${String(argument)} in ${orgId}`,
    };
    const branches = [rule('a', type), rule('b', type)];
    expect(anyOfRule.fromCode?.({ branches }, 'acme')).toMatchObject({
      branches: [
        { argument: 'a in acme', decorator: '@a()' },
        { argument: 'b in acme', decorator: '@b()' },
      ],
    });
  });

  it.each<[string, Partial<RuleType>[], string[], string[]]>([
    ['what its branches have', [{ audit: () => ['is odd'] }, {}], [], ['is odd']],
    ['nothing, for callers of one kind', [{}, { implies: 'user' }], [], []],
    ['nothing, where the callers are named', [{}, { implies: 'mcp' }], ['user', 'mcp'], []],
    [
      'callers of several kinds, where none are named',
      [{}, { implies: 'mcp' }],
      [],
      [
        "The branches of @RequireAnyOf() are about different callers. Name those whom the handler accepts, as in @RequireCaller('user', 'mcp').",
      ],
    ],
  ])('finds wrong: %s', (_what, types, named, problems) => {
    const callers = named.map((name) => ({ callers: { kinds: [name] }, decorator: '@C()' }));
    const none = { rules: [], outside: [] };
    const levels = {
      method: { ...none, rules: callers },
      overridden: [],
      classes: [],
      global: none,
    };
    const handler = { levels } as unknown as RuledHandler;
    expect(anyOfRule.audit?.(branchesOf(...types), handler)).toEqual(problems);
  });

  describe('checked', () => {
    const acme = { orgId: 'acme' };
    const globex = { orgId: 'globex' };
    it.each<[string, object | null, object | undefined, object | null]>([
      ['keeps what its branch finds', null, acme, acme],
      ['keeps the same object, which others have found before', acme, { ...acme }, { ...acme }],
      ['keeps none, where its branch finds none', null, undefined, null],
      ['keeps what others have found, where its branch finds none', acme, undefined, acme],
    ])('%s', async (_what, before, found, kept) => {
      expect(await check(before, passing(found))).toEqual(kept);
    });

    it('passes by a branch that has nothing to check', async () => {
      expect(await check(acme, {})).toBe(acme);
    });

    it('is rejected for another organization than others have found', async () => {
      await expect(check(acme, passing(globex))).rejects.toEqual(new Rejection('org_mismatch'));
    });

    it('is rejected by the last denial of branches whose precheck denies as well', async () => {
      await expect(
        check(null, { check: denying('org_mismatch') }, { precheck: denying('scope_missing') }),
      ).rejects.toEqual(new Rejection('scope_missing'));
    });

    it('goes on after a branch that could not be tried, which is the answer if no other passes', async () => {
      const unavailable = { check: denying('rule_unavailable') };
      expect(await check(null, unavailable, passing(acme))).toEqual(acme);
      await expect(check(null, unavailable, { check: denying('scope_missing') })).rejects.toEqual(
        new Rejection('rule_unavailable'),
      );
    });

    it.each([new Error('The database is gone'), new HttpException('Later', 409)])(
      'ends with an error that a branch throws, whatever another would say: %s',
      async (error) => {
        const failing = { check: () => Promise.reject(error) };
        await expect(check(null, failing, passing(acme))).rejects.toBe(error);
      },
    );
  });
});
