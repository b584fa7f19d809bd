import { Injectable, UseGuards, type CanActivate, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AccessDecider } from './access-decider.js';
import { PropelAuthGuard } from './propel-auth.guard.js';

/**
 * Makes `overrideGuard(PropelAuthGuard)` of a testing module work. Nest replaces only guards that `@UseGuards()` names, such as the one of
 * this class, and not those of our decorators. So this class makes all guards hand over to the replacement.
 */
@Injectable()
@UseGuards(PropelAuthGuard)
export class GuardOverride implements OnModuleInit {
  // A private field: logging this object must not print the whole application.
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
