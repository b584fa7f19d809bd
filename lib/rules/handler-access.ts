import type { CallerMode } from './access-rule.js';
import type { CompiledAccess } from './policy.js';

/** Who may call a handler, as the guard decides it: for descriptions of the application. */
export interface HandlerAccess extends Omit<CompiledAccess, 'mode' | 'isRuled' | 'tokenSources'> {
  readonly access: AccessMode;
}

/**
 * Who may call a handler, before its further rules. `user`: a user; `optional`: a user or an unauthenticated caller; `api-key`: a
 * script with an API key; `user-or-api-key`: either; `webhook`: PropelAuth, with a signed event; `public`: everyone, under
 * `@Public()`; `open`: everyone, since no guard of this package protects it; `nobody`: its rules contradict each other, as they can
 * under `startupAudit: 'warn'`.
 *
 * @publicApi
 */
export type AccessMode = 'open' | 'user' | Exclude<CallerMode, 'required' | 'untraceable'>;

/** The access to a handler that no guard of this package protects. */
export const OPEN_ACCESS: HandlerAccess = {
  access: 'open',
  apiKeyKind: undefined,
  deniesImpersonation: false,
  orgSources: [],
  orgRequirements: [],
  stepUps: [],
};

/** The access to a handler that the guard protects by these rules. */
export function handlerAccessOf(compiled: CompiledAccess): HandlerAccess {
  const { mode, isRuled: _isRuled, tokenSources: _tokenSources, ...rules } = compiled;
  if (mode === 'public') return { ...OPEN_ACCESS, access: 'public' };
  return { access: accessModeOf(mode), ...rules };
}

function accessModeOf(mode: CallerMode): AccessMode {
  if (mode === 'required') return 'user';
  return mode === 'untraceable' ? 'nobody' : mode;
}
