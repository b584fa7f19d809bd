import { Injectable, type Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { mcpPartOf, type McpPart } from '../../transport/mcp/mcp-handlers.js';
import { isMcpFront } from '../../transport/mcp/mcp-front.js';
import type { McpMessage } from '../../transport/mcp/mcp-message.js';
import { isUriOf, mayBeUriOf } from '../../transport/mcp/resource-uris.js';
import { isClass } from '../../values/provided-class.js';

/** A tool, resource or prompt of the application. */
export interface ApplicationPart extends McpPart {
  readonly controller: Type;
  /** The method, as its class has it. */
  readonly handler: Function;
}

/** Lists what MCP clients may call in the application: what `@rekog/mcp-nest` finds in its controllers. */
@Injectable()
export class McpParts {
  readonly #scanner = new MetadataScanner();
  private parts: readonly ApplicationPart[] | undefined;
  private fronts: readonly Type[] | undefined;
  private isOneServer: boolean | undefined;

  // A private field: printing this must not print all that the application is made of.
  readonly #modules: ModulesContainer;

  constructor(modules: ModulesContainer) {
    this.#modules = modules;
  }

  list(): readonly ApplicationPart[] {
    return (this.parts ??= this.controllers().flatMap((controller) => this.partsOf(controller)));
  }

  /** The controllers that stand in front of them. */
  listFronts(): readonly Type[] {
    return (this.fronts ??= this.controllers().filter(isMcpFront));
  }

  /** The one that every request comes through; `undefined` where some may come through another, or belong to another server. */
  onlyFront(): Type | undefined {
    return this.haveOneServer() ? this.listFronts()[0] : undefined;
  }

  /** Those that a message may call: it names one, and several servers may have one of that name. */
  find(message: McpMessage): ApplicationPart[] {
    if (message.kind !== 'call') return [];
    const { of, name } = message;
    return this.list().filter((part) => of.includes(part.kind) && isNamed(part, name));
  }

  /** Whether a message may call another than the one that was found for it: one that has no rule of its own needs those in front. */
  mayCallOther(part: ApplicationPart, message: McpMessage): boolean {
    if (message.kind !== 'call') return true;
    const { of, name } = message;
    return this.list().some(
      (other) => other !== part && of.includes(other.kind) && mayBeNamed(other, name),
    );
  }

  /**
   * Whether what a request calls by a name can only be what has that name here: with several servers or several controllers in front, it may
   * be one that was registered at run time in another server.
   */
  haveOneServer(): boolean {
    return (this.isOneServer ??=
      this.listFronts().length === 1 &&
      new Set(this.list().map(({ server }) => server)).size === 1);
  }

  private controllers(): Type[] {
    const types = [...this.#modules.values()].flatMap(({ controllers }) =>
      [...controllers.values()].map(({ metatype }) => metatype),
    );
    return [...new Set(types)].filter(isClass);
  }

  private partsOf(controller: Type): ApplicationPart[] {
    const prototype = controller.prototype as Record<string, Function>;
    return this.#scanner.getAllMethodNames(prototype).flatMap((methodName) => {
      const handler = prototype[methodName] as Function;
      const part = mcpPartOf(handler);
      return part === undefined ? [] : [{ ...part, controller, handler }];
    });
  }
}

function isNamed({ kind, name }: McpPart, called: string): boolean {
  return kind === 'resource' || kind === 'resource-template'
    ? isUriOf(kind, name, called)
    : name === called;
}

function mayBeNamed({ kind, name }: McpPart, called: string): boolean {
  return kind === 'resource' || kind === 'resource-template'
    ? mayBeUriOf(name, called)
    : name === called;
}
