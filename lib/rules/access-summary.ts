import { DEFAULT_KIND } from './callers.js';
import type { HandlerAccess } from './handler-access.js';
import type { RuleDescription } from './rule.js';

/**
 * Describes who may call a handler: `user`, `Admin and above of the org in path orgId`. Every part of the package that describes a rule
 * uses these descriptions.
 */
export function summaryOf(access: HandlerAccess): string {
  const { exemptedBy, uncheckedOrg } = access;
  const rules = descriptionsOf(access);
  const members = rules.find(({ who }) => who !== undefined)?.who;
  return [
    exemptedBy === undefined ? callersOf(access, rules, members) : `exempt (${exemptedBy})`,
    // Where a rule checks an organization, that rule says whether calls may name others.
    uncheckedOrg && members === undefined ? 'org not checked' : undefined,
    ...rules.map(({ words }) => words),
  ]
    .filter(Boolean)
    .join(', ');
}

/** What the rules of a handler say about themselves. */
export function descriptionsOf({ checks }: Pick<HandlerAccess, 'checks'>): RuleDescription[] {
  return checks.map(({ type, combined }) => type.describe(combined));
}

/** Who may call a handler, as JSON. A copy: changing it changes no rule. */
export function accessAsData({ access, kinds, checks }: HandlerAccess) {
  const rules = checks.map(({ type, combined }) => [type.name, type.describe(combined).data]);
  return {
    access,
    callers: Object.fromEntries([...kinds].map(([name, { only }]) => [name, only])),
    rules: structuredClone(Object.fromEntries(rules) as Record<string, unknown>),
  };
}

function callersOf(
  access: HandlerAccess,
  rules: readonly RuleDescription[],
  members: string | undefined,
): string {
  // Members are users, unless the summary says otherwise.
  const isForUsers = access.kinds.size === 1 && access.kinds.has(DEFAULT_KIND);
  if (members !== undefined && isForUsers) return members;
  const callers = kindsInWords(access, rules);
  return members === undefined ? callers : `${callers}: ${members}`;
}

/** The accepted kinds with what the rules ask of each alone: `user or organization API key with scope reports:write`. */
function kindsInWords({ access, kinds }: HandlerAccess, rules: readonly RuleDescription[]): string {
  if (kinds.size === 0) return access;
  const all = [...kinds].map(([name, { words }]) => {
    const asked = rules.flatMap(({ ofKinds }) => ofKinds?.get(name) ?? []);
    return asked.length === 0 ? words : `${words} with ${asked.join(' and ')}`;
  });
  return `${access === 'optional' ? 'optional ' : ''}${all.join(' or ')}`;
}
