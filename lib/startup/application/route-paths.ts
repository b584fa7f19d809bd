import { RequestMethod, type Type } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import type { NestModule } from '../../values/nest-module.js';

// The keys under which Nest keeps @Controller(), @Get() and its siblings, @Version() and RouterModule's paths.
const PATH_METADATA = 'path';
const METHOD_METADATA = 'method';
const VERSION_METADATA = '__version__';
const MODULE_PATH_METADATA = '__module_path__';

/** Finds the method and paths of a route as Nest registers them, with the global prefix, versions and module paths. */
export function routePathsIn(modules: ModulesContainer, applicationConfig: ApplicationConfig) {
  const factory = new RoutePathFactory(applicationConfig);
  const versioningOptions = applicationConfig.getVersioning();
  return (module: NestModule, controller: Type, handler: Function) => {
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
    const paths = factory.create(
      {
        methodPath: Reflect.getMetadata(PATH_METADATA, handler) as string,
        ctrlPath: Reflect.getMetadata(PATH_METADATA, controller) as string,
        modulePath: modulePathOf(module, modules.applicationId),
        globalPrefix: withLeadingSlash(applicationConfig.getGlobalPrefix()),
        methodVersion: Reflect.getMetadata(VERSION_METADATA, handler) as string | undefined,
        controllerVersion:
          (Reflect.getMetadata(VERSION_METADATA, controller) as string | undefined) ??
          versioningOptions?.defaultVersion,
        versioningOptions,
      },
      method,
    );
    return { method: RequestMethod[method], paths: [...new Set(paths)] };
  };
}

function modulePathOf({ metatype }: NestModule, applicationId: string): string | undefined {
  return (Reflect.getMetadata(MODULE_PATH_METADATA + applicationId, metatype) ??
    Reflect.getMetadata(MODULE_PATH_METADATA, metatype)) as string | undefined;
}

function withLeadingSlash(prefix: string): string {
  return prefix === '' || prefix.startsWith('/') ? prefix : `/${prefix}`;
}
