import { Injectable, type Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { handlerKindsOf, type HandlerKind } from '../transport/handler-kinds.js';

/** A method that is called by other than HTTP requests. */
export interface ApplicationHandler {
  /** Its class: a resolver, a gateway or a controller. */
  readonly controller: Type;
  /** The name of the method. */
  readonly name: string;
  /** The function that Nest calls. */
  readonly handler: Function;
  /** One of the ways that it is called. */
  readonly kind: HandlerKind;
}

type Modules = ModulesContainer extends Map<string, infer Module> ? Module : never;
type Wrapper = Modules['providers'] extends Map<unknown, infer Found> ? Found : never;

// The keys under which Nest's packages keep @WebSocketGateway() and the options of GraphQLModule.
const GATEWAY_METADATA = 'websockets:is_gateway';
const GRAPHQL_OPTIONS = 'GqlModuleOptions';

/** Lists the GraphQL resolvers, WebSocket gateways and message handlers of the application, as Nest finds them. */
@Injectable()
export class ApplicationHandlers {
  private readonly scanner = new MetadataScanner();

  constructor(private readonly modules: ModulesContainer) {}

  list(): ApplicationHandler[] {
    return [...this.modules.values()].flatMap(({ controllers, providers }) => [
      ...[...controllers.values()].flatMap((wrapper) => this.handlersOf(wrapper, true)),
      ...[...providers.values()].flatMap((wrapper) => this.handlersOf(wrapper, false)),
    ]);
  }

  /** Whether GraphQL calls guards for fields: nobody else reaches them. */
  areFieldsGuarded(): boolean {
    return [...this.modules.values()]
      .map(
        ({ providers }) => providers.get(GRAPHQL_OPTIONS)?.instance as GraphqlOptions | undefined,
      )
      .every((options) => options === undefined || guardsFields(options));
  }

  private handlersOf(wrapper: Wrapper, isController: boolean): ApplicationHandler[] {
    const controller = classOf(wrapper);
    if (controller === undefined) return [];
    const prototype = controller.prototype as Record<string, Function>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] as Function;
      return reachableKinds(handler, controller, isController).map((kind) => ({
        controller,
        name,
        handler,
        kind,
      }));
    });
  }
}

interface GraphqlOptions {
  readonly fieldResolverEnhancers?: readonly string[];
}

function guardsFields({ fieldResolverEnhancers }: GraphqlOptions): boolean {
  return fieldResolverEnhancers?.includes('guards') ?? false;
}

/** The ways that Nest has a method of this class called: it looks for messages in controllers, for the rest in providers. */
export function reachableKinds(method: Function, type: Type, isController: boolean): HandlerKind[] {
  return handlerKindsOf(method, type).filter((kind) => {
    if (isController || kind === 'message') return isController && kind === 'message';
    return kind !== 'gateway' || Reflect.hasMetadata(GATEWAY_METADATA, type);
  });
}

/** The class of what is provided, whichever way it is. The instance itself may be a proxy, and is not asked. */
function classOf({ instance, metatype }: Wrapper): Type | undefined {
  const provided: unknown = instance;
  const prototype: unknown =
    typeof provided === 'object' && provided !== null
      ? Object.getPrototypeOf(provided)
      : metatype?.prototype;
  const type = (prototype as { constructor?: unknown } | null | undefined)?.constructor;
  return typeof type === 'function' && type.prototype === prototype ? (type as Type) : undefined;
}
