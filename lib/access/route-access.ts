import { Injectable, type Type } from '@nestjs/common';
import { ApplicationConfig, ModuleRef } from '@nestjs/core';
import type { OrgSource } from '../options/org-source.interface.js';
import type { ApiKeyKind, CallerMode, StepUpRequirement } from './access-rule.js';
import { AccessRules } from './access-rules.js';
import { hasGuard, isPropelAuthGuard } from './bound-guards.js';
import type { OrgRequirement } from './org-requirement.js';
import { PropelAuthGuard } from './propel-auth.guard.js';

/** Who may call a route: what the guard does there, in words for people and tools. */
export interface RouteAccess {
  readonly access: AccessMode;
  /** Whose API keys will do, where any will; `undefined` means anyone's. */
  readonly apiKeyKind: ApiKeyKind | undefined;
  readonly deniesImpersonation: boolean;
  readonly orgSources: readonly OrgSource[];
  readonly orgRequirements: readonly OrgRequirement[];
  readonly stepUps: readonly StepUpRequirement[];
}

/**
 * Whom a route lets in, before its further rules. `user`: a user; `optional`: a user or nobody; `api-key`: a script with an API
 * key; `user-or-api-key`: either; `webhook`: PropelAuth, with a signed event; `public`: `@Public()` says that everyone may call;
 * `open`: no guard of this package is on it.
 *
 * @publicApi
 */
export type AccessMode = 'open' | 'user' | Exclude<CallerMode, 'required'>;

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
    private readonly applicationConfig: ApplicationConfig,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** @param handler the method, as that class has it */
  of(controller: Type, handler: Function): RouteAccess {
    const { mode, ...rules } = this.rules.ofHandler(controller, handler);
    if (mode === 'public') return { access: 'public', ...WITHOUT_RULES };
    if (!this.isGuarded(controller, handler)) return { access: 'open', ...WITHOUT_RULES };
    return { access: mode === 'required' ? 'user' : mode, ...rules };
  }

  private isGuarded(controller: Type, handler: Function): boolean {
    return this.isGuardGlobal() || hasGuard(controller, handler);
  }

  /** Whether the guard is a global one. Read off the application, since it may be one without `requireUserByDefault`. */
  isGuardGlobal(): boolean {
    const { applicationConfig } = this;
    // What a test has put in the guard's place stands for the guard.
    const provided: unknown = this.moduleRef.get(PropelAuthGuard);
    return (
      applicationConfig
        .getGlobalGuards()
        .some((guard) => guard === provided || isPropelAuthGuard(guard)) ||
      applicationConfig.getGlobalRequestGuards().some(({ metatype }) => isPropelAuthGuard(metatype))
    );
  }
}
