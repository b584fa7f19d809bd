import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer, type ModuleRef } from '@nestjs/core';
import { summaryOfOrgSource } from '../options/org-source-description.js';
import type { ApiKeyKind } from '../types/api-key.js';
import { summaryOf } from '../rules/access-summary.js';
import { HandlerPreparation } from '../guard/handler-preparation.js';
import type { AccessMode, HandlerAccess } from '../rules/handler-access.js';
import type { OrgRequirement } from '../rules/org-requirement.js';
import { Policies } from '../rules/policies.js';
import type { HandlerKind } from '../rules/handler-kinds.js';
import type { ApplicationHandler } from './application/application-handler.js';
import { ApplicationHandlers } from './application/application-handlers.js';
import { ApplicationRoutes, type ApplicationRoute } from './application/application-routes.js';
import { HandlerAccessResolver } from './application/handler-access-resolver.js';
import { NamedValues, type NamedValue } from './application/named-values.js';
import { servedSchemasIn } from './application/served-schemas.js';
import { orgObjectsById } from './checks/objects-by-id.js';
import { orgNamesOf, uncheckedOrgOf } from './checks/unchecked-orgs.js';
import { FieldsForEveryone } from './fields-for-everyone.js';
import { HandlerAudit } from './handler-audit.js';
import { SchemaAudit } from './schema-audit.js';
import { handlerNamesOf } from './application/handler-names.js';

/**
 * One handler and its access rules: an HTTP route, GraphQL operation or field, gateway event, message or MCP tool.
 *
 * @publicApi
 */
export interface HandlerDescription {
  /** The transport of the handler. */
  readonly transport: 'http' | 'graphql' | 'websocket' | 'rpc' | 'mcp';
  /**
   * The name that clients use: `GET /orgs/:orgId` over HTTP, `Query.reports` and `User.email` in GraphQL (`User.__resolveReference` for a
   * reference resolver), `event list` for `@SubscribeMessage('list')`, `message sum` for `@MessagePattern('sum')` and
   * `@EventPattern('sum')`. A pattern that is an object is shown as JSON, a gRPC method as `message MathService/Sum`. For
   * `@rekog/mcp-nest`: `tool list_reports`, `resource docs://readme`, `resource template docs://{name}` and `prompt summarize`.
   */
  readonly name: string;
  /** The HTTP method of a route, such as `GET`; `ALL` for every method. */
  readonly method?: string;
  /** The registered path of a route, with the global prefix, versions and module paths, such as `/api/v1/orgs/:orgId`. */
  readonly path?: string;
  /** The name of the class: a controller, resolver or gateway. */
  readonly controller: string;
  /** The name of its method. */
  readonly handler: string;
  /** Who may call the handler, before its further rules. */
  readonly access: AccessMode;
  /** The only kind of API key that is accepted; absent if all kinds are. */
  readonly apiKeyKind?: ApiKeyKind;
  /** What the metadata of an API key has to say, all of them, in words; absent without such a rule. */
  readonly apiKeyMetadata?: readonly string[];
  /** Whether employees who impersonate a user are rejected. */
  readonly deniesImpersonation: boolean;
  /** The rules about the organization. All of them have to pass. */
  readonly orgRules: readonly OrgRequirement[];
  /** Where a call names the organization, such as `path orgId`. All places have to name the same one. */
  readonly orgSources: readonly string[];
  /** The kinds of action for which the user needs a step-up grant. */
  readonly stepUpActions: readonly string[];
  /** The scopes that the token of an MCP client needs, all of them. */
  readonly scopes: readonly string[];
  /** Set if the caller needs an account: the handler has `@CurrentAccount()`. */
  readonly requiresAccount?: true;
  /** The name of the class that `@Public({ guardedBy })` names: the guard of the application that protects the handler. */
  readonly guardedBy?: string;
  /**
   * Set if calls name an organization in a place that no rule reads, or if a decorator has the option `uncheckedOrg`. `sources` lists these
   * places, such as `path orgId`; it is empty if nothing shows them. `isMeant` is the option; startup warns of all others.
   */
  readonly uncheckedOrg?: { readonly isMeant: boolean; readonly sources: readonly string[] };
  /** A summary of these rules, such as `Admin and above of the org in path orgId, not impersonated`. */
  readonly summary: string;
}

/** What an application and a `ModuleRef` have in common. */
type ProviderLookup = Pick<INestApplicationContext, 'get'>;

type Transport = HandlerDescription['transport'];

/** The transports, in the order of describeAccess(). */
const TRANSPORTS: readonly Transport[] = ['http', 'graphql', 'websocket', 'rpc', 'mcp'];

const TRANSPORT_OF: Record<HandlerKind, Transport> = {
  operation: 'graphql',
  field: 'graphql',
  reference: 'graphql',
  gateway: 'websocket',
  message: 'rpc',
  mcp: 'mcp',
};

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
  const decided = describedHandlers(app);
  return withFieldsForEveryone(decided, app).map(({ description }) => description);
}

/** A description and its handler. A handler with several paths or patterns has one for each. */
export interface DescribedHandler {
  readonly description: HandlerDescription;
  readonly subject: ApplicationRoute | ApplicationHandler;
  readonly access: HandlerAccess;
}

/** The full name of a handler, such as `GET /reports (ReportsController.list)`. */
export function fullNameOf({
  name,
  controller,
  handler,
}: Pick<HandlerDescription, 'name' | 'controller' | 'handler'>): string {
  return `${name} (${controller}.${handler})`;
}

/** A described handler, with the named values in its calls. */
type NamingHandler = DescribedHandler & { readonly values: readonly NamedValue[] };

/** The handlers that the guard decides about, in the order of {@link describeAccess}. */
export function describedHandlers(app: INestApplicationContext | ModuleRef): DescribedHandler[] {
  // Needed for an application that is not initialized yet.
  app.get(HandlerPreparation, { strict: false }).readInstances();
  return preparedHandlers(app);
}

/**
 * Like {@link describedHandlers}, for an application whose handlers are prepared. A function that has replaced a handler since then is not
 * traced.
 */
export function preparedHandlers(providers: ProviderLookup): DescribedHandler[] {
  const described = [...describeRoutes(providers), ...describeHandlers(providers)];
  const { ofModule } = providers.get(Policies, { strict: false }).defaultSources;
  const orgNames = orgNamesOf(described, ofModule);
  const schemas = servedSchemasIn(providers.get(ModulesContainer, { strict: false }));
  const objectsById = (operation: string) =>
    schemas.flatMap(({ schema }) => orgObjectsById(operation, schema, orgNames));
  return described
    .map(({ description, subject, access, values }) => {
      const { transport, name } = description;
      const objects = 'kind' in subject && subject.kind === 'operation' ? objectsById(name) : [];
      const uncheckedOrg = uncheckedOrgOf(transport, access, values, orgNames, objects);
      return { description: { ...description, ...uncheckedOrg }, subject, access };
    })
    .toSorted(byTransportAndName);
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

/** Adds the GraphQL fields below operations for everyone. Such a field is described by what every caller reaches. */
export function withFieldsForEveryone(
  decided: readonly DescribedHandler[],
  providers: ProviderLookup,
): DescribedHandler[] {
  const handlers = providers.get(ApplicationHandlers, { strict: false }).list();
  const fields = providers.get(FieldsForEveryone, { strict: false }).among(handlers);
  const others = decided.filter(
    ({ subject }) => !fields.some(({ handler }) => isSameMethod(handler, subject)),
  );
  const described = fields.flatMap(({ handler, access }) =>
    handlerNamesOf(handler).map((name) => ({
      description: { transport: 'graphql' as const, name, ...describe(handler, access) },
      subject: handler,
      access,
    })),
  );
  return [...others, ...described].toSorted(byTransportAndName);
}

function isSameMethod(one: ApplicationHandler, other: DescribedHandler['subject']): boolean {
  return one.controller === other.controller && one.name === other.name;
}

function describeRoutes(providers: ProviderLookup): NamingHandler[] {
  const named = providers.get(NamedValues, { strict: false });
  const resolver = providers.get(HandlerAccessResolver, { strict: false });
  const routes = providers.get(ApplicationRoutes, { strict: false }).list();
  return routes.flatMap((route) => {
    const { method, paths } = route;
    const access = resolver.of(route.controller, route.handler);
    const described = describe(route, access);
    return paths.map((path) => {
      const name = `${method} ${path}`;
      const description = { transport: 'http' as const, name, method, path, ...described };
      return { description, subject: route, access, values: named.ofRoute(route, path) };
    });
  });
}

function describeHandlers(providers: ProviderLookup): NamingHandler[] {
  const named = providers.get(NamedValues, { strict: false });
  const audit = providers.get(HandlerAudit, { strict: false });
  const rules = providers.get(Policies, { strict: false });
  const withoutOperation = new Set(
    providers
      .get(SchemaAudit, { strict: false })
      .resolversWithoutOperation()
      .map(({ field }) => field),
  );
  const handlers = providers.get(ApplicationHandlers, { strict: false }).list();
  return handlers
    .filter(
      (handler) =>
        handler.kind !== 'field' ||
        rules.ofHandler(handler.controller, handler.handler).isExplicit ||
        handlerNamesOf(handler).some((name) => withoutOperation.has(name)),
    )
    .flatMap((handler) => {
      const transport = TRANSPORT_OF[handler.kind];
      const access = audit.accessOf(handler);
      const described = describe(handler, access);
      return handlerNamesOf(handler).map((name) => ({
        description: { transport, name, ...described },
        subject: handler,
        access,
        values: named.ofHandler(handler),
      }));
    });
}

function describe(
  { controller, name }: Pick<ApplicationHandler, 'controller' | 'name'>,
  access: HandlerAccess,
): Omit<HandlerDescription, 'transport' | 'name'> {
  const ofKeys = access.metadata.filter(({ of }) => of === 'api-key');
  return {
    controller: controller.name,
    handler: name,
    access: access.access,
    ...(access.apiKeyKind && { apiKeyKind: access.apiKeyKind }),
    ...(ofKeys.length > 0 && {
      apiKeyMetadata: ofKeys.map(({ words }) => words),
    }),
    deniesImpersonation: access.deniesImpersonation,
    orgRules: access.orgRequirements,
    orgSources: access.orgSources.map(summaryOfOrgSource),
    stepUpActions: access.stepUps.map(({ actionType }) => actionType),
    scopes: access.scopes,
    ...(access.requiresAccount && { requiresAccount: true as const }),
    ...(access.guardedBy && { guardedBy: access.guardedBy.name }),
    summary: summaryOf(access),
  };
}
