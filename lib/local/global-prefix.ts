import { RequestMethod } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';

type GlobalPrefixOptions = ReturnType<ApplicationConfig['getGlobalPrefixOptions']>;
type Exclusion = NonNullable<GlobalPrefixOptions['exclude']>[number];

/**
 * Keeps paths where they are in an application with a global prefix. Clients look for PropelAuth's paths under the auth URL,
 * and know nothing of the prefix.
 */
export function exemptFromGlobalPrefix(config: ApplicationConfig, paths: readonly string[]): void {
  const options = config.getGlobalPrefixOptions();
  const exclusions = paths.map((path): Exclusion => ({
    path,
    requestMethod: RequestMethod.ALL,
    pathRegex: new RegExp(`^/${path}/?$`, 'i'),
  }));
  config.setGlobalPrefixOptions({
    ...options,
    exclude: [...(options.exclude ?? []), ...exclusions],
  });
}
