import type { INestApplicationContext } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { accessDescriptionsOf } from './access-descriptions.js';
import { auditedApplication } from './application/audited-application.js';
import type { HandlerDescription } from './handler-description.interface.js';

/**
 * Lists every handler of an application with its access rules: HTTP routes, GraphQL operations, gateway events, messages of microservices,
 * and the tools, resources and prompts of `@rekog/mcp-nest`. A GraphQL field with a resolver is listed if it has a rule, if a query reaches
 * it without a guarded operation, for example through `_entities` of a federation, or if a query reaches it below an operation that is open
 * or under `@Public()`: then it is `open` or `public`, even if it is below guarded operations as well. All other fields belong to their
 * operation.
 *
 * @param app the application, initialized with `await app.init()` or `listen()`. A provider of the application passes its `ModuleRef`
 * @returns the handlers, sorted by transport (`http` first) and name. A handler with several paths or patterns has one entry for each
 * @throws Nest's error for an unknown provider, if the application has no `PropelAuthModule`
 * @example
 * ```ts
 * console.table(describeAccess(app), ['name', 'summary']);
 * ```
 *
 * @publicApi
 */
export function describeAccess(app: INestApplicationContext | ModuleRef): HandlerDescription[] {
  return accessDescriptionsOf(auditedApplication(app));
}
