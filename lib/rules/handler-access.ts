import { apiKeyKindOf, isEveryone, isOptional, kindsOf, type Callers } from './callers.js';
import { KINDS_OF_PROPELAUTH } from './caller-kind-names.js';
import type { ApiKeyKind } from '../types/api-key.js';
import type { Policy } from './policy.js';

/** Who may call a handler, as the guard decides it: for descriptions of the application. */
export interface HandlerAccess extends Pick<Policy, 'checks' | 'uncheckedOrg' | 'guardedBy'> {
  readonly access: AccessMode;
  /** The kind of API keys that is accepted, if any are; `undefined` means all. */
  readonly apiKeyKind: ApiKeyKind | undefined;
  /** The modules or classes in `requireUserByDefault.except` that exempt the handler. */
  readonly exemptedBy?: string;
}

/**
 * The callers of a handler, before its further rules. `user`: a user; `optional`: a user or an unauthenticated caller; `api-key`: a script
 * with an API key; `user-or-api-key`: either; `mcp`: an MCP client with an access token of a user; `public`: everyone, under `@Public()`; `open`: everyone, because no guard of this package protects it; `exempt`: the same, because
 * `requireUserByDefault` exempts its class; `nobody`: no caller, because its rules contradict each other, which is possible with
 * `startupAudit: 'warn'`. The application's own kinds of callers have their names: `service`, `user-or-service`.
 *
 * @publicApi
 */
export type AccessMode = PropelAuthAccessMode | (string & Record<never, never>);

/** The callers that this package knows by itself. */
export type PropelAuthAccessMode =
  | 'open'
  | 'exempt'
  | 'user'
  | 'optional'
  | 'public'
  | 'api-key'
  | 'user-or-api-key'
  | 'mcp'
  | 'nobody';

/** The callers of a handler, as descriptions name them. */
export function accessModeOf(callers: Callers): AccessMode {
  if (isEveryone(callers)) return 'public';
  if ('rejects' in callers) return 'nobody';
  if (isOptional(callers)) return 'optional';
  return [...kindsOf(callers).keys()].join(KIND_SEPARATOR);
}

/** The kinds of callers that a handler accepts, by their names; none for everyone and for nobody. */
export function kindNamesIn(access: AccessMode): readonly string[] {
  if (access === 'optional') return ['user'];
  return WITHOUT_KINDS.includes(access) ? [] : access.split(KIND_SEPARATOR);
}

/** Between the kinds of callers in an {@link AccessMode}. */
export const KIND_SEPARATOR = '-or-';

const WITHOUT_KINDS: readonly AccessMode[] = ['open', 'exempt', 'public', 'nobody'];

/** The application's own kinds of callers that a handler accepts. */
export function ownKindNamesIn(access: AccessMode): readonly string[] {
  return kindNamesIn(access).filter((name) => !KINDS_OF_PROPELAUTH.includes(name));
}

/** Whether a handler asks nothing of its callers. */
export function isForEveryone(access: AccessMode): boolean {
  return isUndecided(access) || access === 'public';
}

/** Whether the guard of this package makes no decision about the calls of a handler. */
export function isUndecided(access: AccessMode): boolean {
  return access === 'open' || access === 'exempt';
}

/** The access to a handler that no guard of this package protects. */
export const OPEN_ACCESS: HandlerAccess = {
  access: 'open',
  apiKeyKind: undefined,
  checks: [],
};

/** The access to a handler that the guard protects by these rules. */
export function handlerAccessOf(policy: Policy): HandlerAccess {
  const { callers, checks, exemptedBy, uncheckedOrg, guardedBy } = policy;
  if (exemptedBy !== undefined) return { ...OPEN_ACCESS, access: 'exempt', exemptedBy };
  if (isEveryone(callers)) {
    return { ...OPEN_ACCESS, access: 'public', ...(guardedBy && { guardedBy }) };
  }
  return {
    access: accessModeOf(callers),
    apiKeyKind: apiKeyKindOf(callers),
    checks,
    ...(uncheckedOrg && { uncheckedOrg }),
  };
}
