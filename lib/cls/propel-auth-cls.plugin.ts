import { APP_INTERCEPTOR, ModulesContainer } from '@nestjs/core';
import type { ClsPlugin } from 'nestjs-cls';
import {
  callerInterceptor,
  placeCallerInterceptor,
  placeLastCallerInterceptor,
} from './caller.interceptor.js';
import { CallerContext } from './caller-context.js';
import { Injectable, type Provider, type Type } from '@nestjs/common';
import { innerClassOf } from '../guard/propel-auth.guard.js';
import { handlerNames } from '../rules/declared-method.js';
import { handlerTypesOf, type HandlerType } from '../transports/handler-types.js';
import { methodOf } from '../values/class-methods.js';
import { isClass } from '../values/provided-class.js';

/**
 * The plugin of `nestjs-cls` that provides {@link CallerContext} in all modules. It works with every way to mount `ClsModule`, and without
 * mounting it.
 *
 * Its interceptor runs after the guards and before the interceptors of classes and methods. Global interceptors of modules that are
 * imported before `ClsModule` run earlier: `CallerContext` throws there.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     PropelAuthModule.forRoot({
 *       authUrl: process.env.PROPELAUTH_AUTH_URL!,
 *       apiKey: process.env.PROPELAUTH_API_KEY!,
 *     }),
 *     ClsModule.forRoot({ plugins: [new PropelAuthClsPlugin()] }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
export class PropelAuthClsPlugin implements ClsPlugin {
  /** The name of the plugin in `ClsModule`. */
  readonly name = 'nestjs-propelauth';
  /** @hidden `ClsModule` reads it. */
  readonly providers: Provider[] = [
    CallerContext,
    CallerInterceptorPlacement,
    { provide: APP_INTERCEPTOR, useValue: callerInterceptor },
  ];
  /** @hidden `ClsModule` reads it. */
  readonly exports = [CallerContext];
}

/** The handlers without global interceptors: gateways, MCP handlers, and messages of microservices connected without `inheritAppConfig`. */
const BEYOND_GLOBAL_INTERCEPTORS: readonly HandlerType[] = ['gateway', 'message', 'mcp'];

/**
 * Puts the interceptor on the classes that global interceptors do not reach, and last on every handler. Runs after Nest has found all
 * classes, and before it creates their handlers.
 */
@Injectable()
class CallerInterceptorPlacement {
  constructor(modules: ModulesContainer) {
    for (const { controllers, providers } of modules.values()) {
      for (const { metatype } of [...controllers.values(), ...providers.values()]) {
        if (isClass(metatype)) placeOn(metatype);
      }
    }
  }
}

function placeOn(type: Type): void {
  const methods = handlerNames(type).map((name) => methodOf(type, name));
  methods.forEach(placeLastCallerInterceptor);
  if (!methods.some((method) => isBeyondGlobalInterceptors(method, type))) return;
  for (const one of [type, innerClassOf(type)]) placeCallerInterceptor(one);
}

function isBeyondGlobalInterceptors(method: Function, owner: Type): boolean {
  return handlerTypesOf(method, owner).some((type) => BEYOND_GLOBAL_INTERCEPTORS.includes(type));
}
