import type { DenyingRule } from './access-rule.js';
import { kindsOf, isOptional, type Callers } from './callers.js';

/** The rules that can be checked on each kind of callers. */
const CHECKS: Readonly<Record<string, readonly DenyingRule['kind'][]>> = {
  user: ['org', 'impersonation', 'step-up'],
  'api-key': ['org', 'metadata'],
  mcp: ['org', 'scope'],
};

/** Whether a rule can be checked on these callers. A rule rejects all other callers. */
export function canBeChecked({ kind }: DenyingRule, callers: Callers): boolean {
  if (isOptional(callers)) return false;
  const kinds = [...kindsOf(callers).keys()];
  const checked = kinds.filter((name) => CHECKS[name]?.includes(kind));
  // Callers of other kinds impersonate nobody, and have no metadata.
  const isAboutOneKind = kind === 'impersonation' || kind === 'metadata';
  return checked.length > 0 && (isAboutOneKind || checked.length === kinds.length);
}
