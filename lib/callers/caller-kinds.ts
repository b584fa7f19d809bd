import type { Type } from '@nestjs/common';
import { ApiKeyCallerKind } from './api-key/api-key-caller-kind.js';
import type { CoreKind } from './core-kind.js';
import { UserCallerKind } from './user/user-caller-kind.js';

/** The kinds of callers of the core, the most usual one first. The module provides each, and plugins add others. */
export const CALLER_KINDS: readonly Type<CoreKind>[] = [UserCallerKind, ApiKeyCallerKind];

/** The kinds of callers that the application knows: those of the core, those of its plugins, then its own. */
export class CallerKinds {
  #list: readonly CoreKind[];

  /** @param wellKnown those of the package, whose places everybody may know */
  constructor(readonly wellKnown: readonly CoreKind[]) {
    this.#list = wellKnown;
  }

  get list(): readonly CoreKind[] {
    return this.#list;
  }

  /** Adds the application's own kinds, which are known when all singletons are made. */
  add(own: readonly CoreKind[]): void {
    this.#list = [...this.#list, ...own];
  }

  named(name: string): CoreKind | undefined {
    return this.#list.find((kind) => kind.name === name);
  }

  /**
   * The kinds that are looked for on a handler that accepts everyone. Nobody is asked about other credentials there: requests to public
   * handlers cost strangers nothing, and may contain the secrets of any kind.
   */
  get ofEveryone(): readonly CoreKind[] {
    return this.#list.filter(({ isSelfContained }) => isSelfContained === true);
  }
}
