import type { ExecutionContext } from '@nestjs/common';
import { findCaller, type KnownCaller } from '../decision/decision.js';
import { isOperationCall } from '../transport/graphql/graphql-operations.js';
import type { StoredCaller } from './caller-storage.js';
import { findOperationCaller, keepOperationCaller } from './operation-callers.js';

const NOBODY = Object.freeze({ user: null, org: null, apiKey: null, mcp: null });

/** The caller of a call; `undefined` for a GraphQL field whose operation is not known. */
export function callerOfCall(context: ExecutionContext): StoredCaller | undefined {
  const decided = findCaller(context);
  if (context.getType<string>() !== 'graphql') return storedCaller(context, decided);
  if (isOperationCall(context)) {
    const caller = storedCaller(context, decided);
    keepOperationCaller(context, caller);
    return caller;
  }
  return decided === undefined || decided.belongsToOperation === true
    ? findOperationCaller(context)
    : storedCaller(context, decided);
}

function storedCaller(
  context: ExecutionContext,
  decided: Omit<KnownCaller, 'event'> = NOBODY,
): StoredCaller {
  const { user, org, apiKey, mcp } = decided;
  return Object.freeze({ user, org, apiKey, mcp, context });
}
