import { Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { innerClassOf } from '../guard/handler.guard.js';
import { handlerNames } from '../rules/declared-method.js';
import { handlerKindsOf, type HandlerKind } from '../transports/handler-kinds.js';
import { isClass } from '../values/provided-class.js';
import { placeCallerInterceptor, placeLastCallerInterceptor } from './caller.interceptor.js';

/** Global interceptors reach no gateway, and no message of a microservice that is connected without `inheritAppConfig`. */
const BEYOND_GLOBAL_INTERCEPTORS: readonly HandlerKind[] = ['gateway', 'message', 'mcp'];

/**
 * Puts the interceptor on classes that global ones do not reach, and on handlers behind all others: after Nest has found all classes, and
 * before it makes their handlers.
 */
@Injectable()
export class CallerInterceptorPlacement {
  constructor(modules: ModulesContainer) {
    for (const { controllers, providers } of modules.values()) {
      for (const { metatype } of [...controllers.values(), ...providers.values()]) {
        if (isClass(metatype)) placeOn(metatype);
      }
    }
  }
}

function placeOn(type: Type): void {
  const methods = handlerNames(type).map(
    (name) => (type.prototype as Record<string, Function>)[name] as Function,
  );
  methods.forEach(placeLastCallerInterceptor);
  if (!methods.some((method) => isBeyondGlobalInterceptors(method, type))) return;
  for (const one of [type, innerClassOf(type)]) placeCallerInterceptor(one);
}

function isBeyondGlobalInterceptors(method: Function, type: Type): boolean {
  return handlerKindsOf(method, type).some((kind) => BEYOND_GLOBAL_INTERCEPTORS.includes(kind));
}
