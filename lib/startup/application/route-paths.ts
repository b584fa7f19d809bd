import { RequestMethod, type Type } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import type { NestModule } from '../../values/nest-module.js';

// The keys under which Nest keeps @Controller(), @Get() and its siblings, @Version() and RouterModule's paths.
const PATH_METADATA = 'path';
const METHOD_METADATA = 'method';
const VERSION_METADATA = '__version__';
const MODULE_PATH_METADATA = '__module_path__';

/** Knows the methods and paths of routes as Nest registers them, with the global prefix, versions and module paths. */
export class RoutePaths {
  private readonly factory: RoutePathFactory;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly applicationConfig: ApplicationConfig,
  ) {
    this.factory = new RoutePathFactory(applicationConfig);
  }

  of(
    module: NestModule,
    controller: Type,
    handler: Function,
  ): { method: string; paths: readonly string[] } {
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
    const versioningOptions = this.applicationConfig.getVersioning();
    const paths = this.factory.create(
      {
        methodPath: Reflect.getMetadata(PATH_METADATA, handler) as string,
        ctrlPath: Reflect.getMetadata(PATH_METADATA, controller) as string,
        modulePath: this.modulePathOf(module),
        globalPrefix: withLeadingSlash(this.applicationConfig.getGlobalPrefix()),
        methodVersion: Reflect.getMetadata(VERSION_METADATA, handler) as string | undefined,
        controllerVersion:
          (Reflect.getMetadata(VERSION_METADATA, controller) as string | undefined) ??
          versioningOptions?.defaultVersion,
        versioningOptions,
      },
      method,
    );
    return { method: RequestMethod[method], paths: [...new Set(paths)] };
  }

  private modulePathOf({ metatype }: NestModule): string | undefined {
    const ofApplication = MODULE_PATH_METADATA + this.modules.applicationId;
    return (Reflect.getMetadata(ofApplication, metatype) ??
      Reflect.getMetadata(MODULE_PATH_METADATA, metatype)) as string | undefined;
  }
}

function withLeadingSlash(prefix: string): string {
  return prefix === '' || prefix.startsWith('/') ? prefix : `/${prefix}`;
}
