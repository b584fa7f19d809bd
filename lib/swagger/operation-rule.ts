import type { OrgRequirement } from '../access/org-requirement.js';
import type { RouteAccess } from '../access/route-access.js';

/**
 * The rule of a route for machines: the extension `x-propelauth` of its operation in an OpenAPI document.
 *
 * @publicApi
 */
export interface AccessExtension {
  /** Whether the route wants to know its caller. */
  user: 'required' | 'optional' | 'public';
  /** What the user has to be or have in the organization; all of it. */
  org?: { in: { from: string; name?: string }[]; requires: OrgRequirement[] };
}

/** The rule of a route as an extension; `undefined` where no guard of ours is on it. */
export function extensionOf({
  access,
  orgSources,
  orgRequirements,
}: RouteAccess): AccessExtension | undefined {
  if (access === 'open') return undefined;
  return {
    user: access === 'user' ? 'required' : access,
    ...(orgRequirements.length > 0 && {
      org: {
        in: orgSources.map(({ from, name }) => (from ? { from, name } : { from: 'custom' })),
        requires: [...orgRequirements],
      },
    }),
  };
}

/** The rule of a route for people: a sentence for the description of its operation. */
export function sentenceOf({ access, orgRequirements }: RouteAccess): string | undefined {
  if (orgRequirements.length > 0) {
    const requirements = [...new Set(stated(orgRequirements).map(describe))];
    return `Requires ${requirements.join(' and ')} in the organization.`;
  }
  if (access === 'user') return 'Requires a user.';
  if (access === 'optional') return 'A user is optional.';
  return undefined;
}

/** Membership goes without saying where there is more to say. */
function stated(requirements: readonly OrgRequirement[]): readonly OrgRequirement[] {
  const beyondMembership = requirements.filter(({ kind }) => kind !== 'member');
  return beyondMembership.length > 0 ? beyondMembership : requirements;
}

function describe(requirement: OrgRequirement): string {
  switch (requirement.kind) {
    case 'member':
      return 'membership';
    case 'role':
      return `${requirement.exact ? 'exactly' : 'at least'} the role ${requirement.role}`;
    case 'permissions':
      return requirement.permissions.length === 1
        ? `the permission ${requirement.permissions.join()}`
        : `the permissions ${requirement.permissions.join(', ')}`;
  }
}
