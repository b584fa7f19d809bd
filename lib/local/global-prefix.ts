import { RequestMethod } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';

type GlobalPrefixOptions = ReturnType<ApplicationConfig['getGlobalPrefixOptions']>;
type Exclusion = NonNullable<GlobalPrefixOptions['exclude']>[number];

/**
 * Excludes paths from the global prefix of the application. Clients expect PropelAuth's paths under the auth URL, without a
 * prefix.
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
