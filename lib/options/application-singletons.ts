import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { InvalidClassScopeException } from '@nestjs/core/errors/exceptions/invalid-class-scope.exception.js';
import { PropelAuthConfigurationError } from './configuration.error.js';

/**
 * The instance of a class of the application that an option names. Call it when all singletons are made.
 *
 * @param option the name of the option, for the error
 * @throws {PropelAuthConfigurationError} for a value that is not a class, and for a class that no module provides as a singleton
 */
export function singletonOf<Instance>(
  moduleRef: Pick<ModuleRef, 'get'>,
  type: Type<Instance>,
  option: string,
): Instance {
  if (typeof type !== 'function') {
    throw new PropelAuthConfigurationError(
      `${option} is not a class. Set it to a class that a module of your application provides.`,
    );
  }
  let instance: Instance | undefined;
  try {
    instance = moduleRef.get(type, { strict: false });
  } catch (error) {
    if (error instanceof InvalidClassScopeException) {
      throw new PropelAuthConfigurationError(
        `${option} names ${type.name}, which has request or transient scope, or injects a provider that has. Make all of them singletons.`,
      );
    }
  }
  if (instance !== undefined && instance !== null) return instance;
  throw new PropelAuthConfigurationError(
    `${option} names ${type.name}, which no module provides. Add it to the providers of a module.`,
  );
}
