import type { ApiKeyKind } from '../types/api-key.js';
import { KIND_SEPARATOR, type HandlerAccess } from './handler-access.js';
import type { RuleDescription } from './rule.js';

/** The words for callers whose name does not describe them. */
const WORDS: Readonly<Record<string, string>> = {
  optional: 'optional user',
  'api-key': 'API key',
  mcp: 'MCP client',
};

const API_KEYS: Record<ApiKeyKind, string> = {
  personal: 'personal API key',
  org: 'organization API key',
  generic: 'generic API key',
  imported: 'imported API key',
};

/**
 * Describes who may call a handler: `user`, `Admin and above of the org in path orgId`. Every part of the package that describes a rule
 * uses these descriptions.
 */
export function summaryOf(access: HandlerAccess): string {
  const { exemptedBy, uncheckedOrg, guardedBy } = access;
  const rules = descriptionsOf(access);
  const members = rules.find(({ who }) => who !== undefined)?.who;
  return [
    exemptedBy === undefined ? callersOf(access, rules, members) : `exempt (${exemptedBy})`,
    // Where a rule checks an organization, that rule says whether calls may name others.
    uncheckedOrg && members === undefined ? 'org not checked' : undefined,
    ...rules.map(({ words }) => words),
    guardedBy && `guarded by ${guardedBy.name}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** What the rules of a handler say about themselves. */
export function descriptionsOf({ checks }: Pick<HandlerAccess, 'checks'>): RuleDescription[] {
  return checks.map(({ type, combined }) => type.describe(combined));
}

function callersOf(
  { access, apiKeyKind }: HandlerAccess,
  rules: readonly RuleDescription[],
  members: string | undefined,
): string {
  // Members are users, unless the summary says otherwise.
  if (access === 'user' && members !== undefined) return members;
  const callers = access
    .split(KIND_SEPARATOR)
    .map((kind) => kindInWords(kind, apiKeyKind, rules))
    .join(' or ');
  return members === undefined ? callers : `${callers}: ${members}`;
}

/** A kind of callers with what the rules ask of it alone: `organization API key with scope reports:write`. */
function kindInWords(
  kind: string,
  apiKeyKind: ApiKeyKind | undefined,
  rules: readonly RuleDescription[],
): string {
  const isOnlyOneOfKeys = kind === 'api-key' && apiKeyKind !== undefined;
  const noun = isOnlyOneOfKeys ? API_KEYS[apiKeyKind] : (WORDS[kind] ?? kind.replaceAll('-', ' '));
  const asked = rules.flatMap(({ ofKinds }) => ofKinds?.get(kind) ?? []);
  return asked.length === 0 ? noun : `${noun} with ${asked.join(' and ')}`;
}
