import { Rejection } from '../../rejections/rejection.js';
import type { PlacedRule, RuleType } from '../rule.js';
import { isAnyOf } from '../required-names.js';
import { meetsScopes, type ScopeRequirement } from './scope-requirement.js';

/** The scopes that credentials need, all of them. */
export interface RequiredScopes {
  /** Those of all callers. */
  readonly ofAll: readonly ScopeRequirement[];
  /** Those that callers of one kind need as well, by the kind. */
  readonly ofKinds: ReadonlyMap<string, readonly ScopeRequirement[]>;
}

/** Requires scopes of the caller's credential. */
export const scopeRule: RuleType<readonly ScopeRequirement[], RequiredScopes> = {
  name: 'scope',
  implies: 'mcp',
  partly:
    'requires scopes, which only some of these callers have: its option of names the kind that needs them',
  asks: { about: 'scope', answer: 'scopes()' },

  combine(rules) {
    const kinds = new Set(rules.flatMap(({ of }) => of ?? []));
    return {
      ofAll: requirementsOf(rules),
      ofKinds: new Map([...kinds].map((kind) => [kind, requirementsOf(rules, kind)])),
    };
  },

  fromCode: (argument) => argument,

  on: ({ scopesOf }) => (scopesOf === undefined ? 'never' : 'checked'),

  precheck({ caller }, required) {
    const needed = scopesFor(caller.kind.name, required);
    if (needed.length === 0) return;
    const { scopes, kind } = caller;
    if (!meetsScopes(scopes, needed, kind.scopeHierarchy)) throw new Rejection('scope_missing');
  },

  describe: ({ ofAll, ofKinds }) => ({
    ...(ofAll.length > 0 && { words: `with ${inWords(ofAll)}` }),
    ofKinds: new Map([...ofKinds].map(([kind, scopes]) => [kind, inWords(scopes)])),
    reasons: ['scope_missing'],
    data: { ...(ofAll.length > 0 && { '*': ofAll }), ...Object.fromEntries(ofKinds) },
  }),
};

/** The scopes that the credential of a caller of a kind needs. */
export function scopesFor(kind: string, { ofAll, ofKinds }: RequiredScopes) {
  const ofKind = ofKinds.get(kind);
  return ofKind === undefined ? ofAll : [...ofAll, ...ofKind];
}

function requirementsOf(rules: readonly PlacedRule<readonly ScopeRequirement[]>[], kind?: string) {
  const all = rules.filter(({ of }) => of === kind).flatMap(({ argument }) => argument);
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function inWords(requirements: readonly ScopeRequirement[]): string {
  const parts = requirements.map((one) => (isAnyOf(one) ? `(${one.anyOf.join(' or ')})` : one));
  return `scope ${parts.join(' and ')}`;
}
