import { isUndecided } from '../../rules/handler-access.js';
import type { AuditedApplication } from '../application/audited-application.js';

/** The schemas whose queries are compiled, by a handler whose calls the guard therefore rejects. */
export function findCompiledQueries({ schemas, handlers }: AuditedApplication): string[] {
  return schemas
    .filter(({ options }) => Boolean(options.jit))
    .flatMap(
      ({ hasResolver }) =>
        handlers.find(
          ({ type, controller, access }) =>
            type !== 'http' && hasResolver(controller) && !isUndecided(access.access),
        ) ?? [],
    )
    .map(
      ({ controller, name }) =>
        `GraphQLModule: jit compiles queries, the guard rejects calls of compiled queries, and ${controller.name}.${name} is ` +
        'guarded. Remove jit from the options of GraphQLModule.',
    );
}
