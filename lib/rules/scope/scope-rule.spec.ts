import { checksOf } from '../../../test/support/written-rules.js';
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
      data: { '*': ['read'], service: ['write', 'read'], robot: ['pay'] },
    });
  });
});
