import { hasGuard } from '../../rules/guard-metadata.js';
import { handlesStreamCalls } from '../../transports/microservices/message-patterns.js';
import type { AuditedHandler } from './audited-handler.js';
import { isEveryone } from '../../rules/callers.js';

/** Handlers of gRPC for which Nest catches no error, under a rule: the first rejected call would end the process. */
export function findGuardedStreamCalls({
  controller,
  name,
  handler,
  kind,
  access,
  policy,
}: AuditedHandler): string[] {
  if (kind !== 'message' || isEveryone(policy.callers)) return [];
  // What a constructor has replaced has no metadata.
  const declared = (controller.prototype as Record<string, Function>)[name] as Function;
  const isGuarded = access !== 'open' || [controller, handler].some(hasGuard);
  return isGuarded && handlesStreamCalls(declared) ? [GUARDED_STREAM_CALL] : [];
}

const GUARDED_STREAM_CALL =
  'Nest does not catch the errors of a @GrpcStreamCall() handler, so a rejected call ends the process. Use ' +
  '@GrpcStreamMethod(), or add @Public() and check the caller in the handler.';
