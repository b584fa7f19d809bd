import type { ApiKeyKind, StepUpRequirement } from '../rules/access-rule.js';
import type { OrgRequirement } from '../rules/org-requirement.js';
import { describeOrgSource } from '../options/org-source-description.js';
import type { HandlerAccess } from '../rules/handler-access.js';

/**
 * The rule of a route for machines: the extension `x-propelauth` of its operation in an OpenAPI document.
 *
 * @publicApi
 */
export interface AccessExtension {
  /** Whether the route wants to know its caller as a user; absent where it takes no users. */
  user?: 'required' | 'optional' | 'public';
  /** Whose API keys the route takes; absent where it takes none. */
  apiKey?: ApiKeyKind | 'any';
  /** Whether the caller is PropelAuth. */
  webhook?: true;
  /** What the caller has to be or have in the organization; all of it. */
  org?: { in: { from: string; name?: string }[]; requires: OrgRequirement[] };
  /** Whether it is closed to employees who impersonate a user. */
  deniesImpersonation?: true;
  /** The kinds of action for which the user has to bring a step-up grant. */
  stepUp?: StepUpRequirement[];
}

/** The rule of a route as an extension; `undefined` where no guard of ours is on it. */
export function extensionOf(route: HandlerAccess): AccessExtension | undefined {
  if (route.access === 'open') return undefined;
  const { orgSources, orgRequirements, deniesImpersonation, stepUps } = route;
  return {
    ...callerExtension(route),
    ...(orgRequirements.length > 0 && {
      org: {
        in: orgSources.map(describeOrgSource),
        requires: [...orgRequirements],
      },
    }),
    ...(deniesImpersonation && { deniesImpersonation }),
    ...(stepUps.length > 0 && { stepUp: [...stepUps] }),
  };
}

function callerExtension({ access, apiKeyKind }: HandlerAccess): AccessExtension {
  const apiKey = apiKeyKind ?? 'any';
  switch (access) {
    case 'user':
      return { user: 'required' };
    case 'api-key':
      return { apiKey };
    case 'user-or-api-key':
      return { user: 'required', apiKey };
    case 'webhook':
      return { webhook: true };
    case 'optional':
    case 'public':
      return { user: access };
    default:
      return {};
  }
}

/** The rule of a route for people: sentences for the description of its operation. */
export function sentenceOf(route: HandlerAccess): string | undefined {
  const { orgRequirements, deniesImpersonation, stepUps } = route;
  const caller = callerOf(route);
  const requirements = [...new Set(stated(orgRequirements).map(describe))];
  const sentences = [
    // A user is what goes without saying of membership.
    caller && !(caller === 'a user' && requirements.length > 0) && `Requires ${caller}.`,
    requirements.length > 0 && `Requires ${requirements.join(' and ')} in the organization.`,
    deniesImpersonation && 'Closed to employees who impersonate the user.',
    ...stepUps.map(
      ({ actionType, grantHeader }) =>
        `Requires a step-up grant for the action ${actionType} in the header \`${grantHeader}\`.`,
    ),
    route.access === 'optional' && 'A user is optional.',
    route.access === 'webhook' && 'Called by PropelAuth, with a signed event.',
  ].filter((sentence) => typeof sentence === 'string');
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

function callerOf({ access, apiKeyKind }: HandlerAccess): string | undefined {
  const apiKey = { personal: 'a personal API key', org: 'an API key of an organization' };
  const anApiKey = apiKeyKind === undefined ? 'an API key' : apiKey[apiKeyKind];
  switch (access) {
    case 'user':
      return 'a user';
    case 'api-key':
      return anApiKey;
    case 'user-or-api-key':
      return `a user or ${anApiKey}`;
    default:
      return undefined;
  }
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
    case 'any-role':
      return `exactly the role ${requirement.roles.join(' or ')}`;
    case 'any-permission':
      return `the permission ${requirement.permissions.join(' or ')}`;
    case 'permissions':
      return requirement.permissions.length === 1
        ? `the permission ${requirement.permissions.join()}`
        : `the permissions ${requirement.permissions.join(', ')}`;
  }
}
