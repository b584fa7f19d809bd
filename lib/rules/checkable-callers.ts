import { kindUnder, type DenyingRule } from './access-rule.js';
import { kindsOf, isOptional, type Callers } from './callers.js';

/** The rules that can be checked on each kind of callers. */
const CHECKS: Readonly<Record<string, readonly DenyingRule['kind'][]>> = {
  user: ['org', 'impersonation', 'step-up'],
  'api-key': ['org', 'metadata'],
  mcp: ['org', 'scope'],
};

/**
 * The rules that can be checked on the application's own kinds of callers. A kind that says nothing about an organization or scope has none,
 * so the rule rejects its callers, and startup fails.
 */
const CHECKS_OF_OWN_KINDS: readonly DenyingRule['kind'][] = [
  'org',
  'impersonation',
  'scope',
  'metadata',
];

/** Whether a rule can be checked on these callers. A rule rejects all other callers. */
export function canBeChecked(rule: DenyingRule, callers: Callers): boolean {
  if (isOptional(callers)) return false;
  const { kind } = rule;
  const kinds = [...kindsOf(callers).keys()].filter((name) => isAbout(rule, name));
  const checked = kinds.filter((name) => (CHECKS[name] ?? CHECKS_OF_OWN_KINDS).includes(kind));
  // Callers of other kinds impersonate nobody.
  return checked.length > 0 && (kind === 'impersonation' || checked.length === kinds.length);
}

/** Whether a rule is about a kind of callers: a rule about metadata is about one kind alone, and one about scopes can be. */
function isAbout(rule: DenyingRule, name: string): boolean {
  const of = kindUnder(rule);
  return of === undefined || of === name;
}
