import type { Type } from '@nestjs/common';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { checkBoolean } from '../options/option-checks.js';
import { isClass } from '../values/provided-class.js';

/** The injection token of what the module says about all handlers. */
export const GLOBAL_LEVEL = Symbol('nestjs-propelauth: requireUserByDefault and except');

/** What the module says about all handlers, and to which of them it does not apply. */
export interface GlobalLevel {
  readonly isRequired: boolean;
  /** The modules, controllers, resolvers and gateways of other libraries. */
  readonly except: readonly Type[];
  /** What is mounted on the HTTP adapter. */
  readonly paths: readonly string[];
}

/** The options of the module that make the global level. */
interface GlobalOptions {
  readonly requireUserByDefault?: unknown;
  readonly except?: unknown;
}

/** @throws {PropelAuthConfigurationError} for a wrong option, and for exceptions from nothing */
export function globalLevelOf({
  requireUserByDefault,
  except = [],
}: GlobalOptions = {}): GlobalLevel {
  const isRequired = checkBoolean('requireUserByDefault', requireUserByDefault, false);
  const names = checkExceptions(except);
  if (names.length > 0 && !isRequired) {
    throw new PropelAuthConfigurationError(
      'except lists what requireUserByDefault does not apply to, which is not set. Set it to true, or remove except.',
    );
  }
  return { isRequired, except: names.filter(isClass), paths: names.filter(isPath) };
}

function checkExceptions(except: unknown): readonly unknown[] {
  if (!Array.isArray(except)) {
    throw new PropelAuthConfigurationError(
      'except is not a list. Set it to modules, controllers, resolvers and gateways of other libraries, as in [HealthModule].',
    );
  }
  const index = except.findIndex((named) => !isClass(named) && !isPath(named));
  if (index >= 0) {
    throw new PropelAuthConfigurationError(
      `except[${index}] is neither a class nor a path that begins with a slash. List module, controller, resolver and gateway classes; a ` +
        'package cannot be listed by its name, because a class does not tell its package.',
    );
  }
  return except;
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/');
}
