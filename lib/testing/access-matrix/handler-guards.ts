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

/** A call by a message, as Nest passes it to guards. */
export interface MessageCall {
  readonly type: 'ws' | 'rpc';
  /** The arguments of the handler. */
  readonly args: readonly unknown[];
  /** The value of `REQUEST` for request-scoped instances. */
  readonly request: object;
  /** Whether Nest also calls global guards. */
  readonly hasGlobalGuards: boolean;
}

/**
 * Calls the guards of message handlers, but not the handlers. It uses the modules, instances and contexts that Nest's packages for gateways
 * and microservices use.
 *
 * Nest's `ExternalContextCreator` does not fit: it always adds global guards, which not every message has, and looks for the class only
 * among providers, while message handlers are in controllers.
 */
export class HandlerGuards {
  // Private fields, so that printing this object does not print the whole application.
  readonly #modules: ModulesContainer;
  readonly #own: GuardsContextCreator;
  readonly #all: GuardsContextCreator;
  readonly #consumer = new GuardsConsumer();

  constructor(app: INestApplicationContext) {
    this.#modules = app.get(ModulesContainer);
    // GuardsContextCreator uses no other method of the container.
    const container = { getModules: () => this.#modules } as unknown as NestContainer;
    this.#own = new GuardsContextCreator(container);
    this.#all = new GuardsContextCreator(container, app.get(ApplicationConfig));
  }

  /** The hosts of a handler: one for each module with its class. */
  hostsOf({ controller, kind }: Pick<ApplicationHandler, 'controller' | 'kind'>): HandlerHost[] {
    return hostsOf(controller, kind === 'gateway' ? 'providers' : 'controllers', this.#modules);
  }

  /**
   * @returns whether all guards allow the call
   * @throws the error of a guard
   */
  async letIn(
    host: HandlerHost,
    { name, kind }: Pick<ApplicationHandler, 'name' | 'kind'>,
    { type, args, request, hasGlobalGuards }: MessageCall,
  ): Promise<boolean> {
    const contextId = contextIdFor(host, request);
    const instance = await instanceOf<Instance>(host, contextId, request);
    // Nest takes the method of a gateway from the class, and the method of a controller from the instance.
    const isOfClass = kind === 'gateway' && contextId === undefined;
    const methods = (isOfClass ? Object.getPrototypeOf(instance) : instance) as Instance;
    const callback = methods[name] as Parameters<GuardsContextCreator['create']>[1];
    const guards = (hasGlobalGuards ? this.#all : this.#own).create(
      instance,
      callback,
      host.moduleKey,
      // Without these ids, Nest uses singleton instances.
      contextId,
      contextId && host.wrapper.id,
    );
    return this.#consumer.tryActivate(guards, [...args], instance, callback, type);
  }
}

/** The context of a request-scoped class; `undefined` for a singleton. */
function contextIdFor({ wrapper }: HandlerHost, request: object): ContextId | undefined {
  return wrapper.isDependencyTreeStatic() ? undefined : ContextIdFactory.getByRequest(request);
}
