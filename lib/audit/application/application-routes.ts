import { Injectable, RequestMethod, type Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import { isObject } from '../../values/is-object.js';
import type { HandlerMethod } from './application-handler.js';
import type { NestModule } from '../../values/nest-module.js';
import { methodNamesOf, methodOf } from '../../values/class-methods.js';

/** A handler of a controller, and where it is reached. */
export interface ApplicationRoute extends HandlerMethod {
  readonly kind: 'http';
  /** The HTTP method; `ALL` for every one. */
  readonly method: string;
  /** The paths as they are registered, with the global prefix, versions and module paths. */
  readonly paths: readonly string[];
}

/** A controller or provider, as Nest keeps it. */
export type Wrapper = NestModule['providers'] extends Map<unknown, infer Found> ? Found : never;

// The keys under which Nest keeps @Controller(), @Get() and its siblings, @Version() and RouterModule's paths.
const PATH_METADATA = 'path';
const METHOD_METADATA = 'method';
const VERSION_METADATA = '__version__';
const MODULE_PATH_METADATA = '__module_path__';

/** Lists the HTTP routes of the application, as Nest registers them. */
@Injectable()
export class ApplicationRoutes {
  // Private fields: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;
  readonly #applicationConfig: ApplicationConfig;
  readonly #pathFactory: RoutePathFactory;

  constructor(modules: ModulesContainer, applicationConfig: ApplicationConfig) {
    this.#modules = modules;
    this.#applicationConfig = applicationConfig;
    this.#pathFactory = new RoutePathFactory(applicationConfig);
  }

  list(): ApplicationRoute[] {
    return [...this.#modules.values()].flatMap((module) =>
      [...module.controllers.values()].flatMap((wrapper) => this.routesOf(module, wrapper)),
    );
  }

  private routesOf(module: NestModule, wrapper: Wrapper): ApplicationRoute[] {
    const controller = wrapper.metatype as Type;
    return methodNamesOf(controller)
      .filter((name) => Reflect.hasMetadata(PATH_METADATA, methodOf(controller, name)))
      .map((name) => {
        const handler = methodOf(controller, name);
        return {
          ...handlerMethodOf(module, wrapper, controller, name),
          kind: 'http',
          method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod],
          paths: this.pathsOf(module, controller, handler),
        };
      });
  }

  private pathsOf(module: NestModule, controller: Type, handler: Function): string[] {
    const versioningOptions = this.#applicationConfig.getVersioning();
    const paths = this.#pathFactory.create(
      {
        methodPath: Reflect.getMetadata(PATH_METADATA, handler) as string,
        ctrlPath: Reflect.getMetadata(PATH_METADATA, controller) as string,
        modulePath: this.modulePathOf(module),
        globalPrefix: withLeadingSlash(this.#applicationConfig.getGlobalPrefix()),
        methodVersion: Reflect.getMetadata(VERSION_METADATA, handler) as string | undefined,
        controllerVersion:
          (Reflect.getMetadata(VERSION_METADATA, controller) as string | undefined) ??
          versioningOptions?.defaultVersion,
        versioningOptions,
      },
      Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod,
    );
    return [...new Set(paths)];
  }

  private modulePathOf({ metatype }: NestModule): string | undefined {
    const ofApplication = MODULE_PATH_METADATA + this.#modules.applicationId;
    return (Reflect.getMetadata(ofApplication, metatype) ??
      Reflect.getMetadata(MODULE_PATH_METADATA, metatype)) as string | undefined;
  }
}

/** What routes and other handlers have in common. */
export function handlerMethodOf(
  module: NestModule,
  wrapper: Wrapper,
  controller: Type,
  name: string,
): Omit<HandlerMethod, 'kind'> {
  const handler = methodOf(controller, name);
  const instance = wrapper.instance as Record<string, unknown> | undefined;
  const isRequestScoped = !wrapper.isDependencyTreeStatic();
  return {
    controller,
    name,
    handler,
    // Startup cannot see it where Nest creates an instance for each call.
    isReplaced: !isRequestScoped && isObject(instance) && instance[name] !== handler,
    isMadeByFactory: wrapper.isNotMetatype,
    isRequestScoped,
    providesGuard: (guard) => module.injectables.has(guard),
  };
}

function withLeadingSlash(prefix: string): string {
  return prefix === '' || prefix.startsWith('/') ? prefix : `/${prefix}`;
}
