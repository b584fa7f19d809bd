import { Injectable, UseGuards, type CanActivate, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AccessDecider } from './access-decider.js';
import { PropelAuthGuard } from './propel-auth.guard.js';

/**
 * Follows `overrideGuard(PropelAuthGuard)` of a testing module. That replaces guards that `@UseGuards()` names, and so the one that is
 * named here, but none that the decorators of this package put in place: all of those hand over to the replacement.
 */
@Injectable()
@UseGuards(PropelAuthGuard)
export class GuardOverride implements OnModuleInit {
  // A private field: printing this must not print all that the application is made of.
  readonly #modules: ModulesContainer;

  constructor(
    modules: ModulesContainer,
    private readonly decider: AccessDecider,
  ) {
    this.#modules = modules;
  }

  onModuleInit(): void {
    const wrapper = [...this.#modules.values()]
      .find(({ providers }) => providers.has(GuardOverride))
      ?.injectables.get(PropelAuthGuard);
    if (wrapper === undefined || wrapper.metatype === PropelAuthGuard) return;
    this.decider.useGuard(wrapper.instance as CanActivate);
  }
}
