import {
  VersioningType,
  type INestApplicationContext,
  type Type,
  type VersioningOptions,
} from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';

/** A version of a route, and how a request asks for it. */
export interface RouteVersion {
  /** Such as `version 2`. */
  readonly inWords: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The version, where only an extractor of the application knows how requests ask for it. */
  readonly forExtractor?: string;
}

/** Requests need no more than the path. */
const UNVERSIONED: RouteVersion = { inWords: 'without a version', headers: {} };

// The keys under which Nest keeps @Version() and the version and host of @Controller().
const VERSION_METADATA = '__version__';
const HOST_METADATA = 'host';

/** Every version of a route; the versions of a URI are in its path. */
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

/** The hosts of the routes of a controller, as it is declared; `undefined` for any host. */
export function hostsOf(controller: Type): (string | RegExp | undefined)[] {
  return [Reflect.getMetadata(HOST_METADATA, controller) as string | RegExp | undefined].flat();
}
