import type { AuditedApplication } from '../application/audited-application.js';
import { resolversWithoutOperation } from '../application/reached-fields.js';
import { guardsFields } from '../application/served-schemas.js';

/** The fields that a global guard seems to protect, but does not: a query reaches them without a decision, and Nest calls no guards for fields. */
export function findOpenFields({ isGuardGlobal, schemas, handlers }: AuditedApplication): string[] {
  if (!isGuardGlobal) return [];
  // The global guard protects the fields for which Nest calls guards.
  const unguarded = schemas.filter(({ options }) => !guardsFields(options));
  return resolversWithoutOperation(unguarded, handlers)
    .filter(({ handler }) => handler.policy.exemptedBy === undefined)
    .map(
      ({ handler: { controller, name }, field, reachedBy }) =>
        `${controller.name}.${name} (GraphQL field ${field}): the field is open, because no guard checks ${reachedBy} ` +
        "above it, and Nest does not call guards for fields. Add fieldResolverEnhancers: ['guards'] to the options of " +
        'GraphQLModule.',
    );
}
