import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { summaryOfOrgSource } from '../options/org-source-description.js';
import { summaryOf } from '../rules/access-summary.js';
import { accountRule } from '../rules/account/account-rule.js';
import { impersonationRule } from '../rules/impersonation/impersonation-rule.js';
import { metadataRule } from '../rules/metadata/metadata-rule.js';
import { orgRule } from '../rules/org/org-rule.js';
import { combinedOf } from '../rules/policy.js';
import { scopeRule } from '../rules/scope/scope-rule.js';
import { stepUpRule } from '../rules/step-up/step-up-rule.js';
import { Policies } from '../rules/policies.js';
import type { HandlerKind } from '../rules/handler-kinds.js';
import { handlerNamesOf, schemaFieldOf } from './application/handler-names.js';
import { namedValuesOf } from './application/named-values.js';
import { servedSchemasIn, type ServedSchema } from './application/served-schemas.js';
import { AuditExtension } from './audit-extension.js';
import { orgNamesOf, uncheckedOrgOf } from './checks/unchecked-orgs.js';
import type { HandlerDescription } from './handler-description.interface.js';
import { HandlerAudit, type AccessedHandler } from './handler-audit.js';
import { resolversWithoutOperation } from './schema-audit.js';

/** What an application and a `ModuleRef` have in common. */
export type ProviderLookup = Pick<INestApplicationContext, 'get'>;

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

/** A handler with its description. One with several paths or patterns has one for each. */
export interface DescribedHandler extends AccessedHandler {
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
 * The handlers that the guard decides about, in the order of `describeAccess()`, and the names that the application uses for its
 * organizations.
 */
export function describedHandlers(providers: ProviderLookup): {
  handlers: DescribedHandler[];
  orgNames: ReadonlySet<string>;
} {
  const schemas = servedSchemasOf(providers);
  const extension = providers.get<AuditExtension | undefined>(AuditExtension, { strict: false });
  const isDecided = decidedIn(providers);
  const described = providers
    .get(HandlerAudit, { strict: false })
    .listWithAccess()
    .filter(({ subject }) => isDecided(subject))
    .flatMap((accessed) =>
      describe(accessed).map((one) => ({
        ...one,
        values: namedValuesOf(one.subject, one.description.path, schemas, extension),
      })),
    );
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

export function byTransportAndName(
  { description: one }: DescribedHandler,
  { description: other }: DescribedHandler,
): number {
  return (
    TRANSPORTS.indexOf(one.transport) - TRANSPORTS.indexOf(other.transport) ||
    Number(one.name > other.name) - Number(one.name < other.name)
  );
}

/** The schemas that the application serves. */
export function servedSchemasOf(providers: ProviderLookup): ServedSchema[] {
  return servedSchemasIn(providers.get(ModulesContainer, { strict: false }));
}

/** Whether the guard decides about a handler. A GraphQL field without a rule belongs to its operation, if it has one. */
function decidedIn(providers: ProviderLookup): (subject: AccessedHandler['subject']) => boolean {
  const policies = providers.get(Policies, { strict: false });
  const handlers = providers.get(HandlerAudit, { strict: false }).listHandlers();
  const reached = resolversWithoutOperation(servedSchemasOf(providers), handlers, policies);
  const withoutOperation = new Set(reached.map(({ field }) => field));
  return (subject) =>
    subject.kind !== 'field' ||
    subject.policy.isExplicit ||
    withoutOperation.has(schemaFieldOf(subject).field);
}

/** The descriptions of a handler, one for each name by which clients call it. */
export function describe(accessed: AccessedHandler): DescribedHandler[] {
  const { subject } = accessed;
  const rules = describeRules(accessed);
  if (subject.kind !== 'http') {
    const transport = TRANSPORT_OF[subject.kind];
    return handlerNamesOf(subject).map((name) => ({
      ...accessed,
      description: { transport, name, ...rules },
    }));
  }
  const { method, paths } = subject;
  return paths.map((path) => ({
    ...accessed,
    description: { transport: 'http', name: `${method} ${path}`, method, path, ...rules },
  }));
}

function describeRules({
  subject: { controller, name },
  access,
}: AccessedHandler): Omit<HandlerDescription, 'transport' | 'name'> {
  const ofKeys = combinedOf(access, metadataRule)?.get('api-key');
  const org = combinedOf(access, orgRule);
  const stepUps = combinedOf(access, stepUpRule) ?? [];
  return {
    controller: controller.name,
    handler: name,
    access: access.access,
    ...(access.apiKeyKind && { apiKeyKind: access.apiKeyKind }),
    ...(ofKeys && { apiKeyMetadata: ofKeys.map(({ words }) => words) }),
    deniesImpersonation: combinedOf(access, impersonationRule) === true,
    orgRules: org?.requirements ?? [],
    orgSources: org?.sources.map(summaryOfOrgSource) ?? [],
    stepUpActions: stepUps.map(({ actionType }) => actionType),
    scopes: combinedOf(access, scopeRule)?.ofAll ?? [],
    ...(combinedOf(access, accountRule) && { requiresAccount: true as const }),
    ...(access.guardedBy && { guardedBy: access.guardedBy.name }),
    summary: summaryOf(access),
  };
}
