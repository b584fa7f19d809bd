import type { StepUpRequirement } from '../rules/access-rule.js';
import type { ApiKeyKind } from '../types/api-key.js';
import type { OrgRequirement } from '../rules/org-requirement.js';
import { describeOrgSource } from '../options/org-source-description.js';
import {
  isUndecided,
  kindNamesIn,
  ownKindNamesIn,
  type HandlerAccess,
} from '../rules/handler-access.js';

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
  /**
   * The application's own kinds of callers that the route accepts, with the scopes that each needs, and what its metadata has to say; absent
   * if it accepts none.
   */
  ownKinds?: Record<string, { scopes: string[]; metadata?: string[] }>;
  /** The scopes that the token of an MCP client must have, all of them; absent if the route accepts no MCP clients. */
  mcp?: { scopes: string[] };
  /** The requirements in the organization; all of them have to be met. */
  org?: { in: { from: string; name?: string }[]; requires: OrgRequirement[] };
  /** Whether employees who impersonate a user are rejected. */
  deniesImpersonation?: true;
  /** The actions for which the user needs a step-up grant. */
  stepUp?: StepUpRequirement[];
}

/** The rule of a route as an OpenAPI extension; `undefined` if the guard makes no decision about the route. */
export function extensionOf(route: HandlerAccess): AccessExtension | undefined {
  if (isUndecided(route.access)) return undefined;
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
  const { access, apiKeyKind, scopes, kindScopes } = route;
  if (access === 'optional') return { user: 'optional' };
  if (access === 'public') return { user: 'public' };
  const kinds = kindNamesIn(access);
  const metadataOf = (kind: string) =>
    route.metadata.filter(({ of }) => of === kind).map(({ words }) => words);
  const metadata = metadataOf('api-key');
  const own = ownKindNamesIn(access).map((name) => [
    name,
    {
      scopes: [...scopes, ...(kindScopes?.get(name) ?? [])],
      ...(metadataOf(name).length > 0 && { metadata: metadataOf(name) }),
    },
  ]);
  return {
    ...(kinds.includes('user') && { user: 'required' }),
    ...(kinds.includes('api-key') && { apiKey: apiKeyKind ?? 'any' }),
    ...(metadata.length > 0 && { apiKeyMetadata: metadata }),
    ...(kinds.includes('mcp') && { mcp: { scopes: [...scopes] } }),
    ...(own.length > 0 && { ownKinds: Object.fromEntries(own) }),
  };
}
