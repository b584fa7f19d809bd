import type { StepUpRequirement } from '../rules/access-rule.js';
import type { ApiKeyKind } from '../types/api-key.js';
import type { OrgRequirement } from '../rules/org-requirement.js';
import { describeOrgSource } from '../options/org-source-description.js';
import type { HandlerAccess } from '../rules/handler-access.js';

/**
 * The access rules of a route in machine-readable form: the extension `x-propelauth` of its operation in an OpenAPI document.
 *
 * @publicApi
 */
export interface AccessExtension {
  /** Whether a user is required, optional or not looked up (`public`); absent if the route accepts no users. */
  user?: 'required' | 'optional' | 'public';
  /** The kinds of API keys that the route accepts; absent if it accepts none. */
  apiKey?: ApiKeyKind | 'any';
  /** What the metadata of the API key has to say, all of them, in words; absent without such a rule. */
  apiKeyMetadata?: string[];
  /** The scopes that the token of an MCP client must have, all of them; absent if the route accepts no MCP clients. */
  mcp?: { scopes: string[] };
  /** Whether the caller is PropelAuth, with a webhook event. */
  webhook?: true;
  /** The requirements in the organization; all of them have to be met. */
  org?: { in: { from: string; name?: string }[]; requires: OrgRequirement[] };
  /** Whether employees who impersonate a user are rejected. */
  deniesImpersonation?: true;
  /** The actions for which the user needs a step-up grant. */
  stepUp?: StepUpRequirement[];
}

/** The rule of a route as an OpenAPI extension; `undefined` if the route has no guard of this package. */
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

function callerExtension(route: HandlerAccess): AccessExtension {
  const { access, apiKeyKind, apiKeyMetadata, scopes } = route;
  const key = {
    apiKey: apiKeyKind ?? 'any',
    ...(apiKeyMetadata.length > 0 && { apiKeyMetadata: apiKeyMetadata.map(({ words }) => words) }),
  } as const;
  switch (access) {
    case 'user':
      return { user: 'required' };
    case 'api-key':
      return key;
    case 'user-or-api-key':
      return { user: 'required', ...key };
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
