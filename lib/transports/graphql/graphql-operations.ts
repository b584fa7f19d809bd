import type { ExecutionContext } from '@nestjs/common';
import type { GraphQLResolveInfo } from 'graphql';
import {
  resolverArgumentsOf,
  type ResolverArguments,
  type ResponsePath,
} from './resolver-arguments.js';
import { isOperationOrField } from '../handler-types.js';
import type { DecidedOperation } from '../call.js';
import { FieldValues } from './field-values.js';
import { isRootType } from './schema-types.js';

/** The operations that a guard has let in, by their paths. */
const allowedOperations = new FieldValues<DecidedOperation>();

/**
 * The rules of subscriptions that a guard has let in, by their document and their names in the response. Each event is executed separately,
 * and shares nothing with its subscription that belongs to it alone: drivers parse equal documents once. So nothing is known of its caller.
 */
const subscriptions = new WeakMap<object, Map<string | number, DecidedOperation>>();

/** Notes that a query, mutation or subscription was allowed. Resolvers of references and types look like one, but are not. */
export function noteAllowedOperation(
  handler: Function,
  call: ResolverArguments,
  decision: DecidedOperation,
): void {
  const { info } = call;
  if (info === undefined || !isOperationCallOf(handler, call)) return;
  const { operation, path } = info;
  if (!isSubscription(info)) return allowedOperations.keep(path, decision);
  const { policy } = decision;
  const ofDocument = subscriptions.get(operation) ?? new Map<string | number, DecidedOperation>();
  subscriptions.set(operation, ofDocument.set(path.key, { policy }));
}

/** Whether a call is that of a query, mutation or subscription that a Nest handler resolves. */
export function isOperationCall(context: ExecutionContext): boolean {
  return isOperationCallOf(context.getHandler(), resolverArgumentsOf(context));
}

function isOperationCallOf(handler: Function, { args, info }: ResolverArguments): boolean {
  return (
    args !== undefined && info !== undefined && isOperation(info) && isOperationOrField(handler)
  );
}

/**
 * The allowed operation that has returned the object of a field; `undefined` for other calls. Below root fields that Nest does not resolve
 * (such as `_entities` of a federation), no guard has decided.
 */
export function decidedOperationOf({
  args,
  info,
}: ResolverArguments): DecidedOperation | undefined {
  if (info === undefined || (args !== undefined && isOperation(info))) return undefined;
  const { operation, path, schema } = info;
  return allowedOperations.nearest(path, schema, ({ key, prev }) =>
    prev === undefined ? subscriptions.get(operation)?.get(key) : undefined,
  );
}

/** The paths of operations, for the fields below them. */
const operationPaths = new FieldValues<ResponsePath>();

/** The path of the operation that a field belongs to: one object for each operation of each execution. */
export function operationPathOf({ path, schema }: GraphQLResolveInfo): ResponsePath | undefined {
  return operationPaths.nearest(path, schema, (operation) => operation);
}

/** Whether a call opens a subscription. */
export function opensSubscription(context: ExecutionContext): boolean {
  const { args, info } = resolverArgumentsOf(context);
  return args !== undefined && info !== undefined && isSubscription(info);
}

/** Whether the field is one of a root type, wherever it is in the response. */
function isOperation({ path, parentType, schema }: GraphQLResolveInfo): boolean {
  return path.prev === undefined || isRootType(parentType, schema);
}

/** GraphQL subscribes only at the root of a document. */
function isSubscription({ path, parentType, schema }: GraphQLResolveInfo): boolean {
  return path.prev === undefined && parentType === schema.getSubscriptionType();
}
