import { hasGuard } from '../../rules/guard-metadata.js';
import { isUndecided } from '../../rules/handler-access.js';
import { handlesStreamCalls } from '../../transports/microservices/message-patterns.js';
import { isEveryone } from '../../rules/callers.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';

/** Guarded `@GrpcStreamCall()` handlers. Nest does not catch their errors, so the first rejected call would end the process. */
export function findGuardedStreamCalls({
  controller,
  handler,
  type,
  access,
  policy,
}: ApplicationHandler): string[] {
  if (type !== 'message' || isEveryone(policy.callers)) return [];
  const isGuarded = !isUndecided(access.access) || [controller, handler].some(hasGuard);
  return isGuarded && handlesStreamCalls(handler) ? [GUARDED_STREAM_CALL] : [];
}

const GUARDED_STREAM_CALL =
  'Nest does not catch the errors of a @GrpcStreamCall() handler, so a rejected call ends the process. Use ' +
  '@GrpcStreamMethod(), or add @Public() and check the caller in the handler.';

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
