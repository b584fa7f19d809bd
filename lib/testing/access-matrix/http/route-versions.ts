import {
  VersioningType,
  type INestApplicationContext,
  type Type,
  type VersioningOptions,
} from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';

/** A version of a route, and how a request names it. */
export interface RouteVersion {
  /** The version in words, such as `version 2`. */
  readonly inWords: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The version, if only the application's extractor knows how requests name it. */
  readonly forExtractor?: string;
}

/** The request needs no version. */
const UNVERSIONED: RouteVersion = { inWords: 'without a version', headers: {} };

// The metadata keys of @Version(), and of the version and host of @Controller().
const VERSION_METADATA = '__version__';
const HOST_METADATA = 'host';

/** The versions of a route. A URI version is part of the path. */
export function versionsOf(
  app: INestApplicationContext,
  controller: Type,
  method: string,
): RouteVersion[] {
  const versioning = app.get(ApplicationConfig, { strict: false }).getVersioning();
  if (versioning === undefined || versioning.type === VersioningType.URI) return [UNVERSIONED];
  const handler = (controller.prototype as Record<string, Function>)[method] as Function;
  const versions: unknown =
    Reflect.getMetadata(VERSION_METADATA, handler) ??
    Reflect.getMetadata(VERSION_METADATA, controller) ??
    versioning.defaultVersion;
  return [versions].flat().map((version) => routeVersion(version, versioning));
}

function routeVersion(
  version: unknown,
  versioning: Exclude<VersioningOptions, { type: VersioningType.URI }>,
): RouteVersion {
  if (typeof version !== 'string') return UNVERSIONED;
  const inWords = `version ${version}`;
  switch (versioning.type) {
    case VersioningType.HEADER:
      return { inWords, headers: { [versioning.header]: version } };
    case VersioningType.MEDIA_TYPE:
      return { inWords, headers: { accept: `application/json;${versioning.key}${version}` } };
    case VersioningType.CUSTOM:
      return { inWords, headers: {}, forExtractor: version };
  }
}

/** The hosts of a controller, as declared; `undefined` for any host. */
export function hostsOf(controller: Type): (string | RegExp | undefined)[] {
  return [Reflect.getMetadata(HOST_METADATA, controller) as string | RegExp | undefined].flat();
}
