import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { isClass, type McpHandler, mcpHandlerOf, methodNamesOf, methodOf } from '../../extend.js';
import { readMcpCall } from './mcp-call-in-body.js';

/** A tool, resource or prompt of the application. */
interface ApplicationMcpHandler extends McpHandler {
  readonly controller: Type;
  /** The method, as its class has it. */
  readonly handler: Function;
}

/** Lists the tools, resources and prompts that `@rekog/mcp-nest` finds in the controllers of the application. */
export class ApplicationMcpHandlers {
  private byKindAndName: ReadonlyMap<string, ApplicationMcpHandler | undefined> | undefined;

  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;

  constructor(modules: ModulesContainer) {
    this.#modules = modules;
  }

  list(): ApplicationMcpHandler[] {
    const types = [...this.#modules.values()].flatMap(({ controllers }) =>
      [...controllers.values()].map(({ metatype }) => metatype),
    );
    return [...new Set(types)].filter(isClass).flatMap(handlersOf);
  }

  /**
   * The handler that the body of a request calls by its exact name or URI. `undefined` for every other body, and for a name that several
   * handlers have: only the guard of the one that runs decides then.
   */
  calledBy(body: unknown): ApplicationMcpHandler | undefined {
    const call = readMcpCall(body);
    if (call === undefined) return undefined;
    this.byKindAndName ??= byUniqueKey(this.list());
    return this.byKindAndName.get(keyOf(call));
  }
}

function handlersOf(controller: Type): ApplicationMcpHandler[] {
  return methodNamesOf(controller).flatMap((name) => {
    const handler = methodOf(controller, name);
    const found = mcpHandlerOf(handler);
    return found === undefined ? [] : [{ ...found, controller, handler }];
  });
}

function byUniqueKey(handlers: readonly ApplicationMcpHandler[]) {
  const found = new Map<string, ApplicationMcpHandler | undefined>();
  for (const handler of handlers) {
    const key = keyOf(handler);
    found.set(key, found.has(key) ? undefined : handler);
  }
  return found;
}

function keyOf({ type, name }: McpHandler): string {
  return `${type} ${name}`;
}
