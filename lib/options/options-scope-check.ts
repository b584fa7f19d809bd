import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PropelAuthConfigurationError } from './configuration.error.js';

/** Rejects request-scoped options: Nest would create a guard for each request, and never run the audit. */
@Injectable()
export class OptionsScopeCheck implements OnModuleInit {
  readonly #modules: ModulesContainer;

  constructor(modules: ModulesContainer) {
    this.#modules = modules;
  }

  onModuleInit(): void {
    const modules = [...this.#modules.values()].filter(({ providers }) =>
      providers.has('PROPELAUTH_MODULE_OPTIONS'),
    );
    // All of them, because plugins have options of their own.
    const isScoped = modules.some(({ providers }) =>
      [...providers.values()].some((provider) => !provider.isDependencyTreeStatic()),
    );
    if (!isScoped) return;
    throw new PropelAuthConfigurationError(
      'The options factory of PropelAuthModule or of one of its plugins injects a request-scoped provider, but the guard is a ' +
        'singleton. Inject singletons only.',
    );
  }
}
