import { stepUpRule } from '../rules/step-up/step-up-rule.js';
import type { StepUpRequirement } from '../rules/step-up/step-up-verifier.js';
import type { ApiKeyKind } from '../types/api-key.js';
import { impersonationRule } from '../rules/impersonation/impersonation-rule.js';
import { metadataRule } from '../rules/metadata/metadata-rule.js';
import { orgRule } from '../rules/org/org-rule.js';
import { combinedOf } from '../rules/policy.js';
import { scopeRule, scopesFor } from '../rules/scope/scope-rule.js';
import type { OrgRequirement } from '../rules/org/org-requirement.js';
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
  const org = combinedOf(route, orgRule);
  const stepUps = combinedOf(route, stepUpRule);
  return {
    ...callerExtension(route),
    ...(org && {
      org: { in: org.sources.map(describeOrgSource), requires: [...org.requirements] },
    }),
    ...(combinedOf(route, impersonationRule) && { deniesImpersonation: true }),
    ...(stepUps && { stepUp: [...stepUps] }),
  };
}

function callerExtension(route: HandlerAccess): AccessExtension {
  const { access, apiKeyKind } = route;
  const required = combinedOf(route, scopeRule) ?? { ofAll: [], ofKinds: new Map() };
  if (access === 'optional') return { user: 'optional' };
  if (access === 'public') return { user: 'public' };
  const kinds = kindNamesIn(access);
  const metadataOf = (kind: string) =>
    (combinedOf(route, metadataRule)?.get(kind) ?? []).map(({ words }) => words);
  const metadata = metadataOf('api-key');
  const own = ownKindNamesIn(access).map((name) => [
    name,
    {
      scopes: [...scopesFor(name, required)],
      ...(metadataOf(name).length > 0 && { metadata: metadataOf(name) }),
    },
  ]);
  return {
    ...(kinds.includes('user') && { user: 'required' }),
    ...(kinds.includes('api-key') && { apiKey: apiKeyKind ?? 'any' }),
    ...(metadata.length > 0 && { apiKeyMetadata: metadata }),
    ...(kinds.includes('mcp') && { mcp: { scopes: [...required.ofAll] } }),
    ...(own.length > 0 && { ownKinds: Object.fromEntries(own) }),
  };
}
