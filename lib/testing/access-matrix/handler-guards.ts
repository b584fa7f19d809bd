import type { INestApplicationContext } from '@nestjs/common';
import {
  ApplicationConfig,
  ContextIdFactory,
  ModulesContainer,
  type ContextId,
  type NestContainer,
} from '@nestjs/core';
import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { GuardsContextCreator } from '@nestjs/core/guards/guards-context-creator.js';
import type { ApplicationHandler } from '../../audit/application/application-handler.js';
import { hostsOf, instanceOf, type HandlerHost } from './handler-hosts.js';

type Instance = Record<string, Function>;

/** A call that comes by a message, as Nest passes it to guards. */
export interface MessageCall {
  readonly type: 'ws' | 'rpc';
  /** What the handler would be called with. */
  readonly args: readonly unknown[];
  /** What `REQUEST` is where Nest makes an instance for each call. */
  readonly request: object;
  /** Whether Nest calls global guards for it, too. */
  readonly hasGlobalGuards: boolean;
}

/**
 * Calls the guards of message handlers, and nothing after them: with the guards of the same modules, instances and contexts that Nest's own
 * packages for gateways and microservices call.
 *
 * `ExternalContextCreator`, which Nest exports, would not do: it always adds global guards, which not every message has, and looks for the
 * class among providers only, while message handlers are in controllers.
 */
export class HandlerGuards {
  // Private fields: printing this must not print all that the application is made of.
  readonly #modules: ModulesContainer;
  readonly #own: GuardsContextCreator;
  readonly #all: GuardsContextCreator;
  readonly #consumer = new GuardsConsumer();

  constructor(app: INestApplicationContext) {
    this.#modules = app.get(ModulesContainer);
    // All that it needs of the container.
    const container = { getModules: () => this.#modules } as unknown as NestContainer;
    this.#own = new GuardsContextCreator(container);
    this.#all = new GuardsContextCreator(container, app.get(ApplicationConfig));
  }

  /** Where Nest finds a handler: once in each module that has its class. */
  hostsOf({ controller, kind }: Pick<ApplicationHandler, 'controller' | 'kind'>): HandlerHost[] {
    return hostsOf(controller, kind === 'gateway' ? 'providers' : 'controllers', this.#modules);
  }

  /**
   * @returns whether all guards let the call in
   * @throws what one of them throws
   */
  async letIn(
    host: HandlerHost,
    { name, kind }: Pick<ApplicationHandler, 'name' | 'kind'>,
    { type, args, request, hasGlobalGuards }: MessageCall,
  ): Promise<boolean> {
    const contextId = contextIdFor(host, request);
    const instance = await instanceOf<Instance>(host, contextId, request);
    // Of a gateway, Nest takes what the class has, of a controller what the instance has.
    const isOfClass = kind === 'gateway' && contextId === undefined;
    const methods = (isOfClass ? Object.getPrototypeOf(instance) : instance) as Instance;
    const callback = methods[name] as Parameters<GuardsContextCreator['create']>[1];
    const guards = (hasGlobalGuards ? this.#all : this.#own).create(
      instance,
      callback,
      host.moduleKey,
      // Without them, what Nest makes once.
      contextId,
      contextId && host.wrapper.id,
    );
    return this.#consumer.tryActivate(guards, [...args], instance, callback, type);
  }
}

/** `undefined` for what Nest makes once. */
function contextIdFor({ wrapper }: HandlerHost, request: object): ContextId | undefined {
  return wrapper.isDependencyTreeStatic() ? undefined : ContextIdFactory.getByRequest(request);
}
