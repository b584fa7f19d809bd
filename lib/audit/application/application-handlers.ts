import { Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { handlerMethodOf, type Wrapper } from './application-routes.js';
import type { ApplicationHandler } from './application-handler.js';
import { graphqlOptionsOf, type GraphqlOptions } from './served-schemas.js';
import { classOf } from '../../values/provided-class.js';
import { handlerKindsOf, type HandlerKind } from '../../rules/handler-kinds.js';
import type { NestModule } from '../../values/nest-module.js';
import { methodNamesOf } from '../../values/class-methods.js';

// The key under which Nest keeps @WebSocketGateway().
const GATEWAY_METADATA = 'websockets:is_gateway';

/** Lists the GraphQL resolvers, WebSocket gateways and message handlers of the application, as Nest finds them. */
@Injectable()
export class ApplicationHandlers {
  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;

  constructor(modules: ModulesContainer) {
    this.#modules = modules;
  }

  list(): ApplicationHandler[] {
    return [...this.#modules.values()].flatMap((module) => [
      ...[...module.controllers.values()].flatMap((one) => this.handlersOf(module, one, true)),
      ...[...module.providers.values()].flatMap((one) => this.handlersOf(module, one, false)),
    ]);
  }

  /** Whether every GraphQLModule calls guards for fields. Without guards, any caller reaches a field. */
  areFieldsGuarded(): boolean {
    return [...this.#modules.values()]
      .flatMap((module) => graphqlOptionsOf(module) ?? [])
      .every(guardsFields);
  }

  private handlersOf(
    module: NestModule,
    wrapper: Wrapper,
    isController: boolean,
  ): ApplicationHandler[] {
    const controller = classOf(wrapper);
    if (controller === undefined || wrapper.isAlias) return [];
    return methodNamesOf(controller).flatMap((name) => {
      const method = handlerMethodOf(module, wrapper, controller, name);
      return reachableKinds(method.handler, controller, isController).map((kind) => ({
        ...method,
        kind,
      }));
    });
  }
}

/** How clients reach a method of this class: Nest looks for message handlers only in controllers, and for all others only in providers. */
export function reachableKinds(method: Function, type: Type, isController: boolean): HandlerKind[] {
  return handlerKindsOf(method, type).filter((kind) => {
    if (isController || isMessage(kind)) return isController && isMessage(kind);
    return kind !== 'gateway' || Reflect.hasMetadata(GATEWAY_METADATA, type);
  });
}

/** To Nest, an MCP handler is a message handler. */
function isMessage(kind: HandlerKind): boolean {
  return kind === 'message' || kind === 'mcp';
}

/** Whether a GraphQLModule with these options makes Nest call guards for fields. */
export function guardsFields({ fieldResolverEnhancers = [] }: GraphqlOptions): boolean {
  return fieldResolverEnhancers.includes('guards');
}
