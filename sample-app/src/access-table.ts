import type { OrgRequirement, RouteDescription } from 'nestjs-propelauth';

const WHO: Record<RouteDescription['access'], string> = {
  open: 'everybody, no guard',
  public: 'everybody',
  optional: 'everybody, users by name',
  user: 'users',
  'api-key': 'API keys',
  'user-or-api-key': 'users, API keys',
  webhook: 'PropelAuth',
  nobody: 'nobody',
};

/** Who may call which route, as lines of a table: method, path and the rules in words. */
export function accessTable(routes: readonly RouteDescription[]): string[] {
  const methodWidth = Math.max(...routes.map(({ method }) => method.length));
  const pathWidth = Math.max(...routes.map(({ path }) => path.length));
  return routes.map(
    (route) =>
      `${route.method.padEnd(methodWidth)}  ${route.path.padEnd(pathWidth)}  ${whoMayCall(route)}`,
  );
}

function whoMayCall(route: RouteDescription): string {
  return [
    inOrg(route) ?? WHO[route.access],
    ...(route.deniesImpersonation ? ['in person'] : []),
    ...route.stepUpActions.map((action) => `with a step-up grant for ${action}`),
  ].join(', ');
}

function inOrg({ access, orgRules, orgSources }: RouteDescription): string | undefined {
  if (orgRules.length === 0) return undefined;
  const members = `${orgRules.map(inWords).join(', ')} of the org in ${orgSources.join(' and ')}`;
  return access === 'user' ? members : `${WHO[access]}: ${members}`;
}

function inWords(rule: OrgRequirement): string {
  switch (rule.kind) {
    case 'member':
      return 'members';
    case 'role':
      return rule.exact ? `exactly ${rule.role}` : `${rule.role} and above`;
    case 'any-role':
      return `exactly ${rule.roles.join(' or ')}`;
    case 'any-permission':
      return `members with ${rule.permissions.join(' or ')}`;
    case 'permissions':
      return `members with ${rule.permissions.join(', ')}`;
  }
}
