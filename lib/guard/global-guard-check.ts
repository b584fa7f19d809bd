import { Injectable } from '@nestjs/common';
import { ApplicationConfig, ModuleRef } from '@nestjs/core';
import { isPropelAuthGuard } from '../rules/guard-metadata.js';
import { PropelAuthGuard } from './propel-auth.guard.js';

/** Knows whether handlers without a decorator require a user: whether the guard is a global one. */
@Injectable()
export class GlobalGuardCheck {
  // Private fields: printing this must not print all that the application is made of.
  readonly #applicationConfig: ApplicationConfig;
  readonly #moduleRef: ModuleRef;

  constructor(applicationConfig: ApplicationConfig, moduleRef: ModuleRef) {
    this.#applicationConfig = applicationConfig;
    this.#moduleRef = moduleRef;
  }

  /** Read off the application, since it may be one without `requireUserByDefault`. */
  isRegistered(): boolean {
    return (
      this.isSingleton() ||
      this.#applicationConfig
        .getGlobalRequestGuards()
        .some(({ metatype }) => isPropelAuthGuard(metatype))
    );
  }

  /** Whether it is made once: gateways are not reached by a global guard that Nest makes for each request. */
  isSingleton(): boolean {
    // A test may have replaced the guard.
    const provided: unknown = this.#moduleRef.get(PropelAuthGuard);
    return this.#applicationConfig
      .getGlobalGuards()
      .some((guard) => guard === provided || isPropelAuthGuard(guard));
  }
}
