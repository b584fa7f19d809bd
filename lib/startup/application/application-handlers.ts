import type { Type } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { handlerAccessOf, OPEN_ACCESS, type HandlerAccess } from '../../rules/handler-access.js';
import { handlerTypesOf, type HandlerType } from '../../transports/handler-types.js';
import type { HandlerLevels } from '../../rules/rule.js';
import type { Policies } from '../../rules/policies.js';
import type { KindLookUp } from '../../rules/verdicts.js';
import type { Policy } from '../../rules/policy.js';
import { methodNamesOf, methodOf } from '../../values/class-methods.js';
import { isObject } from '../../values/is-object.js';
import type { Wrapper } from '../../values/nest-module.js';
import { classOf } from '../../values/provided-class.js';
import { asProvided, type ApplicationClass } from './application-classes.js';
import { routePathsIn } from './route-paths.js';

/** A method that clients call: of a route or of any other transport. A method that is called in several ways is listed once for each. */
export interface ApplicationHandler extends Pick<
  ApplicationClass,
  'isMadeByFactory' | 'providesGuard'
> {
  /** Its class: a controller, a resolver or a gateway. */
  readonly controller: Type;
  /** The name of the method. */
  readonly name: string;
  /** The function of the class. */
  readonly handler: Function;
  /** How clients call the method. */
  readonly type: HandlerType | 'http';
  /** The HTTP method of a route; `ALL` for every one. */
  readonly method?: string;
  /** The paths of a route as they are registered, with the global prefix, versions and module paths; none for other handlers. */
  readonly paths: readonly string[];
  /** Whether the instance has another function, which its constructor put there. */
  readonly isReplaced: boolean;
  /** Whether Nest creates an instance of the class for each call, whose constructor may replace the method. */
  readonly isRequestScoped: boolean;
  /** The policy of the handler, whether or not a guard checks it. */
  readonly policy: Policy;
  /** The rules of the policy, by the places where they are written. */
  readonly levels: HandlerLevels;
  /** Who may call the handler, as the guard decides it. */
  readonly access: HandlerAccess;
}

// The keys under which Nest keeps the path of a route, and @WebSocketGateway().
const PATH_METADATA = 'path';
const GATEWAY_METADATA = 'websockets:is_gateway';

/** All handlers of the application, as Nest finds them, each once: routes first. */
export function handlersIn(
  modules: ModulesContainer,
  applicationConfig: ApplicationConfig,
  policies: Policies,
  isGuardGlobal: boolean,
): ApplicationHandler[] {
  const routePathsOf = routePathsIn(modules, applicationConfig);
  const handlers = methodsIn(modules).flatMap(({ module, wrapper, isController, ...method }) => {
    const { controller, name, handler } = method;
    return reachableTypes(handler, controller, isController).map((type): ApplicationHandler => {
      const decided = policies.ofHandler(controller, handler);
      const policy = (type === 'field' && decided.inOperation) || decided;
      return {
        ...method,
        type,
        ...(type === 'http' ? routePathsOf(module, controller, handler) : { paths: [] }),
        ...instanceIn(wrapper, name, handler),
        ...asProvided(wrapper, module),
        policy,
        levels: policies.levelsOf(controller, name, handler),
        access: accessUnder(policy, isGuardGlobal, policies.kinds),
      };
    });
  });
  return handlers.toSorted(
    (one, other) => Number(other.type === 'http') - Number(one.type === 'http'),
  );
}

/** The methods of all controllers and providers. */
function methodsIn(modules: ModulesContainer) {
  return [...modules.values()].flatMap((module) => {
    const methodsOf = (isController: boolean) => (wrapper: Wrapper) => {
      const controller = classOf(wrapper);
      if (controller === undefined || wrapper.isAlias) return [];
      return methodNamesOf(controller).map((name) => {
        const handler = methodOf(controller, name);
        return { module, wrapper, isController, controller, name, handler };
      });
    };
    return [
      ...[...module.controllers.values()].flatMap(methodsOf(true)),
      ...[...module.providers.values()].flatMap(methodsOf(false)),
    ];
  });
}

/** Who may call a handler with this policy. */
export function accessUnder(
  policy: Policy,
  isGuardGlobal: boolean,
  kinds: KindLookUp,
): HandlerAccess {
  return policy.isExplicit || isGuardGlobal ? handlerAccessOf(policy, kinds) : OPEN_ACCESS;
}

/**
 * How clients reach a method of this class: Nest looks for routes and message handlers only in controllers, and for all others only in
 * providers.
 */
export function reachableTypes(
  method: Function,
  owner: Type,
  isController: boolean,
): ApplicationHandler['type'][] {
  const types = handlerTypesOf(method, owner).filter((type) => {
    if (isController || isMessage(type)) return isController && isMessage(type);
    return type !== 'gateway' || Reflect.hasMetadata(GATEWAY_METADATA, owner);
  });
  return isController && Reflect.hasMetadata(PATH_METADATA, method) ? ['http', ...types] : types;
}

/** To Nest, an MCP handler is a message handler. */
function isMessage(type: HandlerType): boolean {
  return type === 'message' || type === 'mcp';
}

function instanceIn(wrapper: Wrapper, name: string, handler: Function) {
  const instance = wrapper.instance as Record<string, unknown> | undefined;
  const isRequestScoped = !wrapper.isDependencyTreeStatic();
  // Startup cannot see it where Nest creates an instance for each call.
  const isReplaced = !isRequestScoped && isObject(instance) && instance[name] !== handler;
  return { isReplaced, isRequestScoped };
}
