import type { INestApplicationContext } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { accessAsData, summaryOf } from '../rules/access-summary.js';
import { OPEN_ACCESS } from '../rules/handler-access.js';
import type { ApplicationHandler } from './application/application-handlers.js';
import { auditedApplication, type AuditedApplication } from './application/audited-application.js';
import { handlerNamesOf, schemaFieldOf } from './application/handler-names.js';
import { namedValuesOf } from './application/named-values.js';
import { fieldsForEveryone, resolversWithoutOperation } from './application/reached-fields.js';
import { orgNamesOf, uncheckedOrgOf } from './checks/unchecked-orgs.js';
import { findUnreachedHandlers } from './checks/unreached-handlers.js';
import type { HandlerDescription } from './handler-description.interface.js';

type TransportName = HandlerDescription['transport'];

/** The transports, in the order of describeAccess(). */
const TRANSPORTS: readonly TransportName[] = ['http', 'graphql', 'websocket', 'rpc', 'mcp'];

const TRANSPORT_OF: Record<ApplicationHandler['type'], TransportName> = {
  http: 'http',
  operation: 'graphql',
  field: 'graphql',
  reference: 'graphql',
  gateway: 'websocket',
  message: 'rpc',
  mcp: 'mcp',
};

/** A handler with the access that callers have, and its description. One with several paths or patterns is listed once for each. */
export interface DescribedHandler extends ApplicationHandler {
  readonly description: HandlerDescription;
}

/** The full name of a handler, such as `GET /reports (ReportsController.list)`. */
export function fullNameOf({
  name,
  controller,
  handler,
}: Pick<HandlerDescription, 'name' | 'controller' | 'handler'>): string {
  return `${name} (${controller}.${handler})`;
}

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

/** What `describeAccess()` lists: the handlers that the guard decides about, and the fields that every caller reaches. */
export function accessDescriptionsOf(app: AuditedApplication): HandlerDescription[] {
  const fields = fieldsForEveryone(withReachedAccess(app), app.schemas);
  const others = describedHandlers(app).handlers.filter(
    ({ controller, name }) =>
      !fields.some((field) => field.controller === controller && field.name === name),
  );
  return [...others, ...fields.flatMap(describe)]
    .toSorted(byTransportAndName)
    .map(({ description }) => description);
}

/**
 * The handlers that the guard decides about, in the order of `describeAccess()`, and the names that the application uses for its
 * organizations.
 */
export function describedHandlers(app: AuditedApplication): {
  handlers: DescribedHandler[];
  orgNames: ReadonlySet<string>;
} {
  const described = withReachedAccess(app)
    .filter(isDecidedIn(app))
    .flatMap(describe)
    .map((one) => ({ ...one, values: namedValuesOf(one, one.description.path, app) }));
  const orgNames = orgNamesOf(described, app.policies.orgSource);
  const handlers = described
    .map(({ values, ...one }) => {
      const { transport } = one.description;
      const uncheckedOrg = uncheckedOrgOf(transport, one.access, values, orgNames);
      return { ...one, description: { ...one.description, ...uncheckedOrg } };
    })
    .toSorted(byTransportAndName);
  return { handlers, orgNames };
}

/** The handlers with the access to them: everyone's, where Nest calls no guard. */
function withReachedAccess(app: AuditedApplication): ApplicationHandler[] {
  return app.handlers.map((handler) =>
    findUnreachedHandlers(handler, app).length > 0 ? { ...handler, access: OPEN_ACCESS } : handler,
  );
}

/** Whether the guard decides about a handler. A GraphQL field without a rule belongs to its operation, if it has one. */
function isDecidedIn({ schemas, handlers }: AuditedApplication) {
  const reached = resolversWithoutOperation(schemas, handlers);
  const withoutOperation = new Set(reached.map(({ field }) => field));
  return (handler: ApplicationHandler): boolean =>
    handler.type !== 'field' ||
    handler.policy.isExplicit ||
    withoutOperation.has(schemaFieldOf(handler).field);
}

function byTransportAndName(
  { description: one }: DescribedHandler,
  { description: other }: DescribedHandler,
): number {
  return (
    TRANSPORTS.indexOf(one.transport) - TRANSPORTS.indexOf(other.transport) ||
    Number(one.name > other.name) - Number(one.name < other.name)
  );
}

/** The descriptions of a handler, one for each name by which clients call it. */
function describe(handler: ApplicationHandler): DescribedHandler[] {
  const { type, method, paths } = handler;
  const rules = describeRules(handler);
  return handlerNamesOf(handler).map((name, index) => {
    const path = paths[index];
    const route = method !== undefined && path !== undefined && { method, path };
    return { ...handler, description: { transport: TRANSPORT_OF[type], name, ...route, ...rules } };
  });
}

function describeRules({
  controller,
  name,
  access,
}: ApplicationHandler): Omit<HandlerDescription, 'transport' | 'name'> {
  return {
    controller: controller.name,
    handler: name,
    ...accessAsData(access),
    summary: summaryOf(access),
  };
}
