import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { McpHandlerType } from '../../lib/transports/mcp/mcp-nest.js';
import { methodOf } from './written-rules.js';

interface PartOptions {
  readonly type: McpHandlerType;
  readonly name: string;
}

/** Makes a method what MCP clients may call, as the decorators of `@rekog/mcp-nest` do. */
export function makePart(
  controller: Type,
  method: string,
  { type = 'tool', name = method }: Partial<PartOptions> = {},
): void {
  const handler = methodOf(controller, method);
  const extras = { mcpType: type, mcpName: name, mcpMethodKey: method };
  Reflect.defineMetadata('microservices:pattern_extras', extras, handler);
}

/** The modules of an application, each with these controllers, as Nest knows them. */
export function modulesWith(...modules: unknown[][]): ModulesContainer {
  const container = modules.map((controllers, index) => [
    String(index),
    { controllers: new Map(controllers.map((metatype, place) => [place, { metatype }])) },
  ]);
  return new Map(container as never) as unknown as ModulesContainer;
}
