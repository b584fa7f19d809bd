import { checksOf } from '../../../test/support/written-rules.js';
import { reasonOf } from '../../../test/support/reason-of.js';
import type { RuleCall } from '../rule-call.js';
import { checkScopeRequirements } from './scope-argument.js';
import { ScopeHierarchy } from './scope-hierarchy.js';
import { scopesToRequest } from './scope-requirement.js';
import { scopeRule, scopesFor, type RequiredScopes } from './scope-rule.js';

const HIERARCHY = new ScopeHierarchy('scopes', {
  admin: ['write', 'pay'],
  pay: [],
  write: ['read', 'list'],
  read: ['list'],
  list: [],
});

/** The scopes that several decorators require together, each of all callers or of one kind. */
function required(...scopes: [scope: unknown, of?: string][]): RequiredScopes {
  const decorator = '@RequireScope()';
  const rules = scopes.map(([given, of]) => ({
    type: scopeRule,
    argument: checkScopeRequirements(decorator, given),
    of,
    decorator,
  }));
  return checksOf(...rules)[0]?.combined as RequiredScopes;
}

describe('The scopes that a caller needs', () => {
  const scopes = required(['read'], ['write', 'service'], ['read', 'service'], ['pay', 'robot']);

  it.each([
    ['user', ['read']],
    ['service', ['read', 'write', 'read']],
    ['robot', ['read', 'pay']],
  ])('are those of all callers, and those of its kind: %s', (kind, needed) => {
    expect(scopesFor(kind, scopes)).toEqual(needed);
  });

  it('are described apart', () => {
    expect(scopeRule.describe(scopes)).toMatchObject({
      words: 'with scope read',
      ofKinds: new Map([
        ['service', 'scope write and read'],
        ['robot', 'scope pay'],
      ]),
      reasons: ['scope_missing'],
      data: { '*': ['read'], service: ['write', 'read'], robot: ['pay'] },
    });
    expect(scopeRule.describe(required(['pay', 'robot']))).toEqual({
      ofKinds: new Map([['robot', 'scope pay']]),
      reasons: ['scope_missing'],
      data: { robot: ['pay'] },
    });
  });

  it.each<[string, string[], string | undefined]>([
    ['user', ['read'], undefined],
    ['user', ['write'], 'scope_missing'],
    ['service', ['write', 'read'], undefined],
    ['service', ['read'], 'scope_missing'],
  ])('are all needed: %s with %j: %s', (kind, held, reason) => {
    const call = { caller: { kind: { name: kind }, scopes: held } } as unknown as RuleCall;
    expect(reasonOf(() => scopeRule.precheck?.(call, scopes))).toBe(reason);
  });

  it('can be alternatives, each once', () => {
    const either = { anyOf: ['write', 'admin'] };
    expect(
      scopeRule.describe(
        required(['read'], [either], [['read', 'list']], [either], [either, 'service']),
      ),
    ).toMatchObject({
      words: 'with scope read and (write or admin) and list',
      ofKinds: new Map([['service', 'scope (write or admin)']]),
      data: { '*': ['read', either, 'list'], service: [either] },
    });
  });

  it.each<[unknown, string[], string | undefined]>([
    [['read', 'write'], ['read'], 'scope_missing'],
    [['read', 'write'], ['write', 'read'], undefined],
    [['read', 'write'], ['admin'], undefined],
    [{ anyOf: ['write', 'pay'] }, ['read', 'list'], 'scope_missing'],
    [{ anyOf: ['write', 'pay'] }, ['pay'], undefined],
    [{ anyOf: ['pay', 'read'] }, ['write'], undefined],
    ['admin', ['read', 'write', 'list'], 'scope_missing'],
    ['write', ['read'], 'scope_missing'],
    ['list', ['admin'], undefined],
    ['list', [], 'scope_missing'],
    ['other', ['admin'], 'scope_missing'],
    ['other', ['other'], undefined],
    ['constructor', ['admin', '__proto__'], 'scope_missing'],
  ])('are also those that others include: %j for %j: %s', (given, held, reason) => {
    const kind = { name: 'service', scopeHierarchy: HIERARCHY };
    const call = { caller: { kind, scopes: held } } as unknown as RuleCall;
    expect(reasonOf(() => scopeRule.precheck?.(call, required([given])))).toBe(reason);
  });

  it.each<[string, unknown[], string[]]>([
    ['all, once', ['read', ['pay', 'read']], ['read', 'pay']],
    ['the first of alternatives', [{ anyOf: ['pay', 'other'] }, 'list'], ['list', 'pay']],
    ['none of alternatives that others meet', [{ anyOf: ['pay', 'read'] }, 'write'], ['write']],
  ])('are asked for: %s', (_what, given, asked) => {
    const { ofAll } = required(...given.map((one): [unknown] => [one]));
    expect(scopesToRequest(ofAll, HIERARCHY)).toEqual(asked);
  });

  it('are not read where none are needed', () => {
    const scopesOf = jest.fn(() => []);
    const caller = Object.defineProperty({ kind: { name: 'user' } }, 'scopes', { get: scopesOf });
    scopeRule.precheck?.({ caller } as unknown as RuleCall, required(['pay', 'robot']));
    expect(scopesOf).not.toHaveBeenCalled();
  });

  it('are asked of kinds of callers that have some, and the same for code', () => {
    const { asks, implies, partly } = scopeRule;
    const fromCode = scopeRule.fromCode?.(['read'], undefined);
    expect({ asks, implies, partly, fromCode }).toEqual({
      asks: { about: 'scope', answer: 'scopes()' },
      implies: 'mcp',
      partly:
        'requires scopes, which only some of these callers have: its option of names the kind that needs them',
      fromCode: ['read'],
    });
  });
});

describe('The scopes of a decorator', () => {
  it.each([[[]], [{ anyOf: [] }], [{}], [{ anyOf: 'read' }], [{ anyOf: ['read'], of: 'service' }]])(
    'are one or more, and not %j',
    (given) => {
      expect(() => checkScopeRequirements('@A()', given)).toThrow(
        new TypeError(
          Array.isArray(given)
            ? 'An empty list of scopes would let every caller in. Name at least one scope.'
            : 'Alternatives have to be { anyOf: [...] }, with at least one scope.',
        ),
      );
    },
  );

  it.each([undefined, null, '', 'a b', 'a"b', 'a\\b', 'a\n', 'a\u00e9', 7, [['read']]])(
    'are scopes of OAuth 2.0, and not %j',
    (given) => {
      for (const all of [given, [given], ['read', given], { anyOf: ['read', given] }]) {
        expect(() => checkScopeRequirements('@A()', all)).toThrow(
          new TypeError(
            "@A() needs a scope of OAuth 2.0: ASCII without spaces, quotation marks and backslashes, such as 'read:reports'. Pass several " +
              'scopes as a list.',
          ),
        );
      }
    },
  );

  it('are copied', () => {
    const [all, anyOf] = [['read'], ['read', 'write']];
    const copies = [all, { anyOf }].map((given) => checkScopeRequirements('@A()', given));
    all.push('pay');
    anyOf.push('pay');
    expect(copies).toEqual([['read'], [{ anyOf: ['read', 'write'] }]]);
  });
});
