import type { Type } from '@nestjs/common';
import type { AccessRule } from './rule.js';

/** The injection token of the {@link GlobalLevel}. */
export const GLOBAL_LEVEL = Symbol('nestjs-propelauth: globalRules and except');

/** What the options of the module say about all handlers, and to which of them it does not apply. */
export interface GlobalLevel {
  readonly rules: readonly AccessRule[];
  /** The modules, controllers, resolvers and gateways of other libraries. */
  readonly except: readonly Type[];
  /** What is mounted on the HTTP adapter. */
  readonly paths: readonly string[];
}
