import { Injectable, type Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { mcpHandlerOf, type McpHandler } from '../../rules/mcp-nest.js';
import { isMcpEndpoint } from '../../rules/mcp-nest.js';
import type { McpMessage } from './mcp-message.js';
import { matchUri, type UriMatch } from './resource-uris.js';
import { isClass } from '../../values/provided-class.js';

/** A tool, resource or prompt of the application. */
export interface ApplicationMcpHandler extends McpHandler {
  readonly controller: Type;
  /** The method, as its class has it. */
  readonly handler: Function;
}

/** Lists the tools, resources and prompts that `@rekog/mcp-nest` finds in the controllers of the application. */
@Injectable()
export class ApplicationMcpHandlers {
  readonly #scanner = new MetadataScanner();
  private parts: readonly ApplicationMcpHandler[] | undefined;
  private endpoints: readonly Type[] | undefined;
  private isOneServer: boolean | undefined;

  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;

  constructor(modules: ModulesContainer) {
    this.#modules = modules;
  }

  list(): readonly ApplicationMcpHandler[] {
    return (this.parts ??= this.controllers().flatMap((controller) => this.partsOf(controller)));
  }

  /** The endpoint controllers, which receive the requests for these handlers. */
  listEndpoints(): readonly Type[] {
    return (this.endpoints ??= this.controllers().filter(isMcpEndpoint));
  }

  /** The endpoint controller that every request comes through; `undefined` if there are several, or several servers. */
  onlyEndpoint(): Type | undefined {
    return this.haveOneServer() ? this.listEndpoints()[0] : undefined;
  }

  /** All handlers that a message may call: several servers may have handlers of one name, and several templates may match one URI. */
  find(message: McpMessage): ApplicationMcpHandler[] {
    return this.list().filter((part) => matchCall(part, message) !== 'none');
  }

  /** Whether a message certainly calls one of these handlers, and not one that was registered at run time. */
  isFound(message: McpMessage): boolean {
    return (
      this.haveOneServer() && this.list().some((part) => matchCall(part, message) === 'certain')
    );
  }

  /**
   * Whether there is one server with one endpoint controller. If not, the name in a request may belong to a handler that was registered at
   * run time in another server.
   */
  haveOneServer(): boolean {
    return (this.isOneServer ??=
      this.listEndpoints().length === 1 &&
      new Set(this.list().map(({ server }) => server)).size === 1);
  }

  private controllers(): Type[] {
    const types = [...this.#modules.values()].flatMap(({ controllers }) =>
      [...controllers.values()].map(({ metatype }) => metatype),
    );
    return [...new Set(types)].filter(isClass);
  }

  private partsOf(controller: Type): ApplicationMcpHandler[] {
    const prototype = controller.prototype as Record<string, Function>;
    return this.#scanner.getAllMethodNames(prototype).flatMap((methodName) => {
      const handler = prototype[methodName] as Function;
      const part = mcpHandlerOf(handler);
      return part === undefined ? [] : [{ ...part, controller, handler }];
    });
  }
}

function matchCall({ kind, name }: McpHandler, message: McpMessage): UriMatch {
  if (message.kind !== 'call' || !message.of.includes(kind)) return 'none';
  if (kind === 'resource' || kind === 'resource-template') {
    return matchUri(kind, name, message.name);
  }
  return name === message.name ? 'certain' : 'none';
}
