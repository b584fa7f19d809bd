import { Injectable, UseGuards } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { PropelAuthGuard } from '../guard/propel-auth.guard.js';

/**
 * Notices `overrideGuard(PropelAuthGuard)` of a testing module. It replaces guards that `@UseGuards()` names, and so the one that
 * is named here, but none that the decorators of this package put in place.
 */
@Injectable()
@UseGuards(PropelAuthGuard)
export class GuardOverrides {
  constructor(modules: ModulesContainer) {
    const isOverridden = [...modules.values()]
      .flatMap(({ injectables }) => injectables.get(PropelAuthGuard) ?? [])
      .some(({ metatype, isNotMetatype }) => isNotMetatype || metatype !== PropelAuthGuard);
    if (!isOverridden) return;
    throw new PropelAuthConfigurationError(
      'overrideGuard(PropelAuthGuard) does not reach the handlers under decorators of nestjs-propelauth. Call ' +
        'overrideProvider(PropelAuthGuard), or overridePropelAuth() of nestjs-propelauth/testing, which keeps the rules.',
    );
  }
}
