import { Injectable, type Type } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { ApiKeyKind, CallerMode, StepUpRequirement } from '../rules/access-rule.js';
import { AccessRules } from '../rules/policies.js';
import { GlobalGuard } from '../guard/global-guard.js';
import type { OrgRequirement } from '../rules/org-requirement.js';

/** Who may call a route: what the guard does there, in words for people and tools. */
export interface RouteAccess {
  readonly access: AccessMode;
  /** Whose API keys will do, where any will; `undefined` means anyone's. */
  readonly apiKeyKind: ApiKeyKind | undefined;
  readonly deniesImpersonation: boolean;
  readonly orgSources: readonly OrgSourceOption[];
  readonly orgRequirements: readonly OrgRequirement[];
  readonly stepUps: readonly StepUpRequirement[];
}

/**
 * Whom a route lets in, before its further rules. `user`: a user; `optional`: a user or nobody; `api-key`: a script with an API
 * key; `user-or-api-key`: either; `webhook`: PropelAuth, with a signed event; `public`: `@Public()` says that everyone may call;
 * `open`: no guard of this package is on it; `nobody`: its rules contradict each other, as they can under `startupAudit: 'warn'`.
 *
 * @publicApi
 */
export type AccessMode = 'open' | 'user' | Exclude<CallerMode, 'required' | 'untraceable'>;

/** A route without rules. */
const WITHOUT_RULES = {
  apiKeyKind: undefined,
  deniesImpersonation: false,
  orgSources: [],
  orgRequirements: [],
  stepUps: [],
};

/** Tells for each route what the guard does there, from the rules that the guard itself goes by. */
@Injectable()
export class RouteAccessResolver {
  constructor(
    private readonly rules: AccessRules,
    private readonly globalGuard: GlobalGuard,
  ) {}

  /** @param handler the method, as that class has it */
  of(controller: Type, handler: Function): RouteAccess {
    const { mode, isRuled, ...rules } = this.rules.ofHandler(controller, handler);
    if (mode === 'public') return { access: 'public', ...WITHOUT_RULES };
    if (!isRuled && !this.globalGuard.isPresent()) return { access: 'open', ...WITHOUT_RULES };
    return { access: accessModeOf(mode), ...rules };
  }
}

function accessModeOf(mode: CallerMode): AccessMode {
  if (mode === 'required') return 'user';
  return mode === 'untraceable' ? 'nobody' : mode;
}
