import { apiKeyKindOf, isEveryone, isOptional, kindsOf, type Callers } from './callers.js';
import type { ApiKeyKind } from '../types/api-key.js';
import { distinctRequirements, type DescribedRules, type Policy } from './policy.js';

/** Who may call a handler, as the guard decides it: for descriptions of the application. */
export interface HandlerAccess extends DescribedRules {
  readonly access: AccessMode;
  /** The kind of API keys that is accepted, if any are; `undefined` means all. */
  readonly apiKeyKind: ApiKeyKind | undefined;
}

/**
 * The callers of a handler, before its further rules. `user`: a user; `optional`: a user or an unauthenticated caller; `api-key`: a script
 * with an API key; `user-or-api-key`: either; `mcp`: an MCP client with an access token of a user; `webhook`: PropelAuth, with a signed
 * event; `public`: everyone, under `@Public()`; `open`: everyone, because no guard of this package protects it; `nobody`: no caller,
 * because its rules contradict each other, which is possible with `startupAudit: 'warn'`.
 *
 * @publicApi
 */
export type AccessMode =
  | 'open'
  | 'user'
  | 'optional'
  | 'public'
  | 'api-key'
  | 'user-or-api-key'
  | 'mcp'
  | 'webhook'
  | 'nobody';

/** The callers of a handler, as descriptions name them. */
export function accessModeOf(callers: Callers): AccessMode {
  if (isEveryone(callers)) return 'public';
  if ('webhook' in callers) return 'webhook';
  if ('rejects' in callers) return 'nobody';
  if (isOptional(callers)) return 'optional';
  return [...kindsOf(callers).keys()].join('-or-') as AccessMode;
}

/** Whether a handler asks nothing of its callers. */
export function isForEveryone(access: AccessMode): boolean {
  return access === 'open' || access === 'public';
}

/** The access to a handler that no guard of this package protects. */
export const OPEN_ACCESS: HandlerAccess = {
  access: 'open',
  apiKeyKind: undefined,
  deniesImpersonation: false,
  orgSources: [],
  orgRequirements: [],
  stepUps: [],
  scopes: [],
  apiKeyMetadata: [],
};

/** The access to a tool, resource or prompt, with the rules of its endpoint controller if both are for MCP clients. */
export function accessBehindEndpoint(endpoint: HandlerAccess, part: HandlerAccess): HandlerAccess {
  if (endpoint.access !== 'mcp' || part.access !== 'mcp') return part;
  return rulesBehindEndpoint(endpoint, part);
}

/**
 * The rules of a tool, resource or prompt and those of its endpoint controller. They add up, like the rules of an inner and an outer level.
 */
export function rulesBehindEndpoint<Part extends DescribedRules>(
  endpoint: DescribedRules,
  part: Part,
): Part {
  return {
    ...part,
    deniesImpersonation: endpoint.deniesImpersonation || part.deniesImpersonation,
    orgSources: unionOf(endpoint.orgSources, part.orgSources),
    orgRequirements: [...endpoint.orgRequirements, ...part.orgRequirements],
    stepUps: distinctRequirements([...endpoint.stepUps, ...part.stepUps]),
    scopes: unionOf(endpoint.scopes, part.scopes),
    apiKeyMetadata: [...endpoint.apiKeyMetadata, ...part.apiKeyMetadata],
    ...(endpoint.uncheckedOrg && { uncheckedOrg: true }),
  };
}

/** The access to a handler that the guard protects by these rules. */
export function handlerAccessOf(policy: Policy): HandlerAccess {
  const { callers, deniesImpersonation } = policy;
  const { orgSources, orgRequirements, stepUps, scopes, apiKeyMetadata, uncheckedOrg } = policy;
  if (isEveryone(callers)) return { ...OPEN_ACCESS, access: 'public' };
  return {
    access: accessModeOf(callers),
    apiKeyKind: apiKeyKindOf(callers),
    deniesImpersonation,
    orgSources,
    orgRequirements,
    stepUps,
    scopes,
    apiKeyMetadata,
    ...(uncheckedOrg && { uncheckedOrg }),
  };
}

function unionOf<Value>(one: readonly Value[], other: readonly Value[]): Value[] {
  return [...new Set([...one, ...other])];
}
