import { checksOf } from '../../../test/support/written-rules.js';
import { reasonOf } from '../../../test/support/reason-of.js';
import type { RuleCall } from '../rule-call.js';
import { checkScope, checkScopes } from './scope-argument.js';
import { scopeRule, scopesFor, type RequiredScopes } from './scope-rule.js';

/** The scopes that several decorators require together, each of all callers or of one kind. */
function required(...scopes: [scope: string, of?: string][]): RequiredScopes {
  const rules = scopes.map(([scope, of]) => ({
    type: scopeRule,
    argument: [scope],
    of,
    decorator: '@RequireScope()',
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
  it.each([undefined, 'read', [], {}])('are a list with one or more, and not %j', (given) => {
    expect(() => checkScopes('@A()', given)).toThrow(
      new TypeError(
        "The scopes of @A() are not a list with at least one scope. Pass a list such as ['read:reports'], or leave the option out.",
      ),
    );
  });

  it.each([undefined, '', 'a b', 'a"b', 7])('are scopes of OAuth 2.0, and not %j', (given) => {
    expect(() => checkScope('@A()', given)).toThrow(
      new TypeError(
        "@A() needs a scope of OAuth 2.0: ASCII without spaces, quotation marks and backslashes, such as 'read:reports'. Use one @RequireScope() for " +
          'each of several scopes.',
      ),
    );
  });
});
