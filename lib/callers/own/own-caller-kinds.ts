import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { singletonOf } from '../../options/application-singletons.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { Hooks } from '../../plugins/hooks.js';
import { ScopeHierarchy } from '../../rules/scope/scope-hierarchy.js';
import { isClass } from '../../values/provided-class.js';
import { CallerKinds } from '../caller-kinds.js';
import { checkCallerKind } from './caller-kind-checks.js';
import { CurrentAccessOfOwnCallers } from './current-access-of-own-callers.js';
import type { CallerKind } from '../../options/caller-kind.interface.js';
import { OwnCallerKind } from './own-caller-kind.js';

/** A kind that starts and stops with the application, without being a provider. */
type LivingKind = CallerKind & Partial<OnModuleInit & OnModuleDestroy>;

/** The application's own kinds of callers: those that the option `callerKinds` names. */
@Injectable()
export class OwnCallerKinds implements OnModuleInit, OnModuleDestroy {
  // A private field: logging this object must not print the whole application.
  readonly #moduleRef: ModuleRef;
  private isRegistered = false;

  constructor(
    moduleRef: ModuleRef,
    private readonly options: ResolvedOptions,
    private readonly kinds: CallerKinds,
    private readonly hooks: Hooks,
  ) {
    this.#moduleRef = moduleRef;
  }

  /**
   * Makes the kinds known, once. Called when all singletons are made, and before any handler is checked or described.
   *
   * @throws {PropelAuthConfigurationError} for a kind that no module provides, and for one that says something wrong about itself
   */
  register(): void {
    if (this.isRegistered) return;
    const own: OwnCallerKind[] = [];
    const access = this.hooks.access && new CurrentAccessOfOwnCallers(this.hooks.access);
    for (const [index, given] of this.options.callerKinds.entries()) {
      const option = `callerKinds[${index}]`;
      const kind = isClass(given) ? singletonOf(this.#moduleRef, given, option) : given;
      const taken = [...this.kinds.list, ...own].map(({ name }) => name);
      const { issuer } = this.options;
      const places = checkCallerKind(option, kind, { taken, issuer });
      const { scopeHierarchy: scopes } = kind;
      const hierarchy =
        scopes === undefined ? scopes : new ScopeHierarchy(`${option}.scopeHierarchy`, scopes);
      own.push(new OwnCallerKind(kind, places, access, hierarchy));
    }
    this.kinds.add(own);
    this.isRegistered = true;
  }

  /** Nest starts and stops providers. The kinds that functions of this package make are none. */
  async onModuleInit(): Promise<void> {
    await Promise.all(this.withoutProvider().map((kind) => kind.onModuleInit?.()));
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.withoutProvider().map((kind) => kind.onModuleDestroy?.()));
  }

  private withoutProvider(): LivingKind[] {
    return this.options.callerKinds.filter((kind): kind is LivingKind => !isClass(kind));
  }
}
