import type { OrgRequirement } from './org-requirement.js';
import type { RouteDescription } from '../audit/describe-access.js';

/** What the words are made of, or what names the route. All else goes into them as it is. */
const KNOWN = new Set<string>([
  'method',
  'path',
  'controller',
  'handler',
  'access',
  'apiKeyKind',
  'deniesImpersonation',
  'orgRules',
  'orgSources',
  'stepUpActions',
] satisfies (keyof RouteDescription)[]);

/**
 * Who may call a route, such as `user` or `Admin and above of the org in path orgId`. No rule goes without a word: one that
 * has none of its own is shown as it is.
 */
export function accessInWords(route: RouteDescription): string {
  const others = Object.entries(route)
    .filter(([name, value]) => !KNOWN.has(name) && saysSomething(value))
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [whoMayCall(route), ...furtherRules(route), ...others].join(', ');
}

function whoMayCall({ access, apiKeyKind, orgRules, orgSources }: RouteDescription): string {
  const caller = apiKeyKind === undefined ? access : `${access} (${apiKeyKind})`;
  if (orgRules.length === 0) return caller;
  const members = `${orgRules.map(inWords).join(', ')} of the org in ${orgSources.join(' and ')}`;
  // Members are users, unless it says otherwise.
  return caller === 'user' ? members : `${caller}: ${members}`;
}

function furtherRules({ deniesImpersonation, stepUpActions }: RouteDescription): string[] {
  return [
    ...(deniesImpersonation ? ['not impersonated'] : []),
    ...stepUpActions.map((action) => `with step-up for ${action}`),
  ];
}

function inWords(rule: OrgRequirement): string {
  switch (rule.kind) {
    case 'member':
      return 'members';
    case 'role':
      return rule.exact ? `exactly ${rule.role}` : `${rule.role} and above`;
    case 'any-role':
      return `exactly ${rule.roles.join(' or ')}`;
    case 'permissions':
      return `members with ${rule.permissions.join(' and ')}`;
    case 'any-permission':
      return `members with ${rule.permissions.join(' or ')}`;
    default:
      return JSON.stringify(rule);
  }
}

function saysSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== false;
}
