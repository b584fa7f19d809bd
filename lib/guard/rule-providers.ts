import { Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { RuleServices } from '../rules/rule.js';

/** Finds the providers that the checks of rules ask. */
@Injectable()
export class RuleProviders implements RuleServices {
  // A private field: logging this object must not print the whole application.
  readonly #moduleRef: ModuleRef;
  /** Nest's look-up takes longer than a check. */
  readonly #found = new Map<Type<unknown>, unknown>();

  constructor(moduleRef: ModuleRef) {
    this.#moduleRef = moduleRef;
  }

  get<Service>(type: Type<Service>): Service {
    const known = this.#found.get(type) ?? this.#moduleRef.get(type);
    this.#found.set(type, known);
    return known as Service;
  }
}
