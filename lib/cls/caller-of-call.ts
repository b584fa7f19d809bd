import type { ExecutionContext } from '@nestjs/common';
import { findCaller, type KnownCaller } from '../decision/decision.js';
import { isOperationCall } from '../transports/graphql/graphql-operations.js';
import type { StoredCaller } from './caller-storage.js';
import { findCallerAbove, keepCallerForFields } from './field-callers.js';

const NOBODY = Object.freeze({ user: null, org: null, apiKey: null, mcp: null });

/** The caller of a call; `undefined` for a GraphQL field without a rule, if no caller is known of a field above it. */
export function callerOfCall(context: ExecutionContext): StoredCaller | undefined {
  const decided = findCaller(context);
  if (context.getType<string>() !== 'graphql') return storedCaller(context, decided);
  const hasNoRule = decided === undefined || decided.belongsToOperation === true;
  if (hasNoRule && !isOperationCall(context)) return findCallerAbove(context);
  const caller = storedCaller(context, decided);
  keepCallerForFields(context, caller);
  return caller;
}

function storedCaller(
  context: ExecutionContext,
  decided: Omit<KnownCaller, 'event'> = NOBODY,
): StoredCaller {
  const { user, org, apiKey, mcp } = decided;
  return Object.freeze({ user, org, apiKey, mcp, context });
}
