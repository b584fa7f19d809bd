import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import {
  isClass,
  isObject,
  type McpHandler,
  mcpHandlerOf,
  type McpHandlerType,
  methodNamesOf,
  methodOf,
} from '../../extend.js';

/** A tool, resource or prompt of the application. */
interface ApplicationMcpHandler extends McpHandler {
  readonly controller: Type;
  /** The method, as its class has it. */
  readonly handler: Function;
}

/** Lists the tools, resources and prompts that `@rekog/mcp-nest` finds in the controllers of the application. */
export class ApplicationMcpHandlers {
  private byTypeAndName: ReadonlyMap<string, ApplicationMcpHandler | undefined> | undefined;

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
    this.byTypeAndName ??= byUniqueKey(this.list());
    return this.byTypeAndName.get(keyOf(call));
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

/** The methods that call a handler, and the parameter that names it. The URI of a template is never exact. */
const CALLS: ReadonlyMap<unknown, { readonly type: McpHandlerType; readonly parameter: string }> =
  new Map([
    ['tools/call', { type: 'tool', parameter: 'name' }],
    ['resources/read', { type: 'resource', parameter: 'uri' }],
    ['prompts/get', { type: 'prompt', parameter: 'name' }],
  ]);

/**
 * The handler that the parsed body of a request names. The body decides what is called, whatever headers like `Mcp-Name` say.
 *
 * @returns `undefined` for any other body, such as one of several messages (a batch), or one that has not been parsed
 */
function readMcpCall(body: unknown): McpHandler | undefined {
  const call = CALLS.get(own(body, 'method'));
  const name = call && own(own(body, 'params'), call.parameter);
  return call !== undefined && typeof name === 'string' ? { type: call.type, name } : undefined;
}

function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
