import type { ExecutionContext } from '@nestjs/common';
import type { GraphQLResolveInfo } from 'graphql';
import { resolverArgumentsOf } from './resolver-arguments.js';
import type { Policy } from '../../rules/policy.js';
import { isOperationOrField } from '../../rules/handler-kinds.js';
import { FieldValues } from './field-values.js';
import { rootTypesOf } from './schema-types.js';

/** The rules of the operations that a guard has let in, by their paths. */
const allowedOperations = new FieldValues<Policy>();

/** The rules of subscriptions that a guard has let in, by their document and their names in the response: each event is executed separately. */
const policiesOfSubscriptions = new WeakMap<object, Map<string | number, Policy>>();

/** Notes that a query, mutation or subscription was allowed. Resolvers of references and types look like one, but are not. */
export function noteAllowedOperation(context: ExecutionContext, policy: Policy): void {
  const { info } = resolverArgumentsOf(context);
  if (info === undefined || !isOperationCall(context)) return;
  const { operation, path } = info;
  if (!isSubscription(info)) return allowedOperations.keep(path, policy);
  const ofDocument = policiesOfSubscriptions.get(operation) ?? new Map<string | number, Policy>();
  policiesOfSubscriptions.set(operation, ofDocument.set(path.key, policy));
}

/** Whether a call is that of a query, mutation or subscription that a Nest handler resolves. */
export function isOperationCall(context: ExecutionContext): boolean {
  const { args, info } = resolverArgumentsOf(context);
  return (
    args !== undefined &&
    info !== undefined &&
    isOperation(info) &&
    isOperationOrField(context.getHandler())
  );
}

/**
 * The rules of the allowed operation that has returned the object of a field; `undefined` for other calls. Below root fields that Nest does
 * not resolve (such as `_entities` of a federation), no guard has decided.
 */
export function policyOfOperation(context: ExecutionContext): Policy | undefined {
  if (context.getType<string>() !== 'graphql') return undefined;
  const { args, info } = resolverArgumentsOf(context);
  if (info === undefined || (args !== undefined && isOperation(info))) return undefined;
  const { operation, path, schema } = info;
  return allowedOperations.nearest(path, schema, ({ key, prev }) =>
    prev === undefined ? policiesOfSubscriptions.get(operation)?.get(key) : undefined,
  );
}

/** Whether a call opens a subscription. */
export function opensSubscription(context: ExecutionContext): boolean {
  const { args, info } = resolverArgumentsOf(context);
  return args !== undefined && info !== undefined && isSubscription(info);
}

/** Whether the field is one of a root type, wherever it is in the response. */
function isOperation({ path, parentType, schema }: GraphQLResolveInfo): boolean {
  return (
    path.prev === undefined || (rootTypesOf(schema) as readonly unknown[]).includes(parentType)
  );
}

/** GraphQL subscribes only at the root of a document. */
function isSubscription({ path, parentType, schema }: GraphQLResolveInfo): boolean {
  return path.prev === undefined && parentType === schema.getSubscriptionType();
}
