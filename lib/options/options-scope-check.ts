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
    const isScoped = [...this.#modules.values()].some(
      ({ providers }) =>
        providers.get('PROPELAUTH_MODULE_OPTIONS')?.isDependencyTreeStatic() === false,
    );
    if (!isScoped) return;
    throw new PropelAuthConfigurationError(
      'PropelAuthModule.forRootAsync() injects a request-scoped provider, but the guard is a singleton. Inject singletons only.',
    );
  }
}
