import { hasGuard } from '../../rules/guard-metadata.js';
import { isUndecided } from '../../rules/handler-access.js';
import { handlesStreamCalls } from '../../transports/microservices/message-patterns.js';
import { isEveryone } from '../../rules/callers.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

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
