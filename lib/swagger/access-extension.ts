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
  /** The scopes that the token of an MCP client has to have, all of them; absent where the route takes no MCP clients. */
  mcp?: { scopes: string[] };
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

function callerExtension({ access, apiKeyKind, scopes }: HandlerAccess): AccessExtension {
  const apiKey = apiKeyKind ?? 'any';
  switch (access) {
    case 'user':
      return { user: 'required' };
    case 'api-key':
      return { apiKey };
    case 'user-or-api-key':
      return { user: 'required', apiKey };
    case 'mcp':
      return { mcp: { scopes: [...scopes] } };
    case 'webhook':
      return { webhook: true };
    case 'optional':
    case 'public':
      return { user: access };
    default:
      return {};
  }
}
