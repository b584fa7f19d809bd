import { Injectable } from '@nestjs/common';
import { ApplicationConfig, ModuleRef } from '@nestjs/core';
import { isPropelAuthGuard } from './bound-guards.js';
import { PropelAuthGuard } from './propel-auth.guard.js';

/** Knows whether handlers without a decorator require a user: whether the guard is a global one. */
@Injectable()
export class GlobalGuard {
  constructor(
    private readonly applicationConfig: ApplicationConfig,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** Read off the application, since it may be one without `requireUserByDefault`. */
  isPresent(): boolean {
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
