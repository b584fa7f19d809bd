import { Rejection } from '../../rejections/rejection.js';
import type { PlacedRule, RuleType } from '../rule.js';

/** The scopes that credentials need, all of them. */
export interface RequiredScopes {
  /** Those of all callers. */
  readonly ofAll: readonly string[];
  /** Those that callers of one kind need as well, by the kind. */
  readonly ofKinds: ReadonlyMap<string, readonly string[]>;
}

/** Requires scopes of the caller's credential. */
export const scopeRule: RuleType<readonly string[], RequiredScopes> = {
  name: 'scope',
  implies: 'mcp',
  partly:
    'requires scopes, which only some of these callers have: its option of names the kind that needs them',
  asks: { about: 'scope', answer: 'scopes()' },

  combine(rules) {
    const kinds = new Set(rules.flatMap(({ of }) => of ?? []));
    return {
      ofAll: scopesIn(rules, undefined),
      ofKinds: new Map([...kinds].map((kind) => [kind, scopesIn(rules, kind)])),
    };
  },

  fromCode: (argument) => argument,

  on: ({ scopesOf }) => (scopesOf === undefined ? 'never' : 'checked'),

  precheck({ caller }, required) {
    const needed = scopesFor(caller.kind.name, required);
    if (needed.length === 0) return;
    const { scopes } = caller;
    if (!needed.every((scope) => scopes.includes(scope))) throw new Rejection('scope_missing');
  },

  describe: ({ ofAll, ofKinds }) => ({
    ...(ofAll.length > 0 && { words: `with ${inWords(ofAll)}` }),
    ofKinds: new Map([...ofKinds].map(([kind, scopes]) => [kind, inWords(scopes)])),
    reasons: ['scope_missing'],
    data: { ...(ofAll.length > 0 && { '*': ofAll }), ...Object.fromEntries(ofKinds) },
  }),
};

/** The scopes that the credential of a caller of a kind needs. */
export function scopesFor(kind: string, { ofAll, ofKinds }: RequiredScopes): readonly string[] {
  const ofKind = ofKinds.get(kind);
  return ofKind === undefined ? ofAll : [...ofAll, ...ofKind];
}

function scopesIn(rules: readonly PlacedRule<readonly string[]>[], kind: string | undefined) {
  const ofKind = rules.filter(({ of }) => of === kind);
  return [...new Set(ofKind.flatMap(({ argument }) => argument))];
}

function inWords(scopes: readonly string[]): string {
  return `scope ${scopes.join(' and ')}`;
}
