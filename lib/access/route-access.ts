import { Injectable, type Type } from '@nestjs/common';
import { ApplicationConfig, ModuleRef } from '@nestjs/core';
import type { OrgSource } from '../options/org-source.interface.js';
import { AccessRules } from './access-rules.js';
import { hasGuard, isPropelAuthGuard } from './bound-guards.js';
import type { OrgRequirement } from './org-requirement.js';
import { PropelAuthGuard } from './propel-auth.guard.js';

/** Who may call a route: what the guard does there, in words for people and tools. */
export interface RouteAccess {
  /** `open`: no guard of ours is on it. */
  readonly access: 'open' | 'public' | 'optional' | 'user';
  readonly orgSources: readonly OrgSource[];
  readonly orgRequirements: readonly OrgRequirement[];
}

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
    const { mode, orgSources, orgRequirements } = this.rules.ofHandler(controller, handler);
    if (mode === 'public') return { access: 'public', orgSources: [], orgRequirements: [] };
    if (!this.isGuarded(controller, handler)) {
      return { access: 'open', orgSources: [], orgRequirements: [] };
    }
    return { access: mode === 'required' ? 'user' : 'optional', orgSources, orgRequirements };
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
