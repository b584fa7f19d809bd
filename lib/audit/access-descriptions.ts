import type { INestApplicationContext } from '@nestjs/common';
import { summaryOfOrgSource } from '../options/org-source-description.js';
import { summaryOf } from '../rules/access-summary.js';
import type { HandlerAccess } from '../rules/handler-access.js';
import { Policies } from '../rules/policies.js';
import type { HandlerKind } from '../rules/handler-kinds.js';
import type { ApplicationHandler } from './application/application-handler.js';
import { ApplicationHandlers } from './application/application-handlers.js';
import { ApplicationRoutes, type ApplicationRoute } from './application/application-routes.js';
import { HandlerAccessResolver } from './application/handler-access-resolver.js';
import { NamedValues, type NamedValue } from './application/named-values.js';
import { orgNamesOf, uncheckedOrgOf } from './checks/unchecked-orgs.js';
import type { HandlerDescription } from './handler-description.interface.js';
import { FieldsForEveryone } from './fields-for-everyone.js';
import { HandlerAudit } from './handler-audit.js';
import { SchemaAudit } from './schema-audit.js';
import { handlerNamesOf } from './application/handler-names.js';

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

/** The descriptions of all handlers of an application. */
export function descriptionsIn(providers: ProviderLookup): HandlerDescription[] {
  const { handlers } = describedHandlers(providers);
  return withFieldsForEveryone(handlers, providers).map(({ description }) => description);
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

/**
 * The handlers that the guard decides about, in the order of {@link describeAccess}, and the names that the application uses for its
 * organizations.
 */
export function describedHandlers(providers: ProviderLookup): {
  handlers: DescribedHandler[];
  orgNames: ReadonlySet<string>;
} {
  const described = [...describeRoutes(providers), ...describeHandlers(providers)];
  const { ofModule } = providers.get(Policies, { strict: false }).defaultSources;
  const orgNames = orgNamesOf(described, ofModule);
  const handlers = described
    .map(({ description, subject, access, values }) => {
      const uncheckedOrg = uncheckedOrgOf(description.transport, access, values, orgNames);
      return { description: { ...description, ...uncheckedOrg }, subject, access };
    })
    .toSorted(byTransportAndName);
  return { handlers, orgNames };
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
function withFieldsForEveryone(
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
