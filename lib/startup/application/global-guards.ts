import type { Type } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { isGuardOf } from '../../rules/guard-metadata.js';
import { isObject } from '../../values/is-object.js';

type RequestGuard = ReturnType<ApplicationConfig['getGlobalRequestGuards']>[number];

/** Whether a guard of this class is global: one of `APP_GUARD` or of `app.useGlobalGuards()`. */
export function isGlobalGuard(
  type: Type,
  applicationConfig: ApplicationConfig,
  modules: ModulesContainer,
): boolean {
  return (
    applicationConfig
      .getGlobalGuards()
      .some((guard) => isGuardOf(type, guard) || isProvidedAs(type, guard, modules)) ||
    applicationConfig
      .getGlobalRequestGuards()
      .some((wrapper) => isGuardOf(type, classBehind(wrapper)))
  );
}

/** Whether a guard is what the application provides as this class. A test may have replaced it with an object of another class. */
function isProvidedAs(type: Type, guard: unknown, modules: ModulesContainer): boolean {
  // Nest skips a global guard whose factory returns nothing.
  if (!isObject(guard)) return false;
  return [...modules.values()]
    .flatMap(({ providers }) => [...providers])
    .some(([token, { instance }]) => instance === guard && isGuardOf(type, token));
}

/** The class of a guard that Nest creates for each request: with `useExisting`, the class that is named there. */
function classBehind({ isAlias, inject, metatype }: RequestGuard): unknown {
  return isAlias ? inject?.[0] : metatype;
}
