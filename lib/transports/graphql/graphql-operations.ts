import type { ExecutionContext } from '@nestjs/common';
import { resolverArgumentsOf, type ResolveInfo } from './resolver-arguments.js';
import type { Policy } from '../../rules/policy.js';
import { isOperationOrField } from '../../rules/handler-kinds.js';
import { FieldValues, isCompiled } from './field-values.js';
import { leadsBackToRoots, rootTypesOf } from './schema-types.js';

/** The rules of the operations that a guard has let in, by their paths. */
const allowedOperations = new FieldValues<Policy>();

/**
 * The rules of operations that a guard has let in, by their names in the response, where the paths of the fields below do not lead to them: for subscriptions by
 * their document, because each event is executed separately, and for compiled queries by the variables of one execution.
 */
const allowedNames = new WeakMap<object, Map<string | number, Policy>>();

/** Notes that a query, mutation or subscription was allowed. Resolvers of references and types look like one, but are not. */
export function noteAllowedOperation(context: ExecutionContext, policy: Policy): void {
  const { info } = resolverArgumentsOf(context);
  if (info === undefined || !isOperationCall(context)) return;
  const { operation, path, variableValues } = info;
  if (isSubscription(info)) noteAllowedName(operation, path.key, policy);
  else if (isCompiled(path)) noteAllowedName(variableValues, path.key, policy);
  else allowedOperations.keep(path, policy);
}

/** Notes that an operation at the root was let in, by its name in the response. */
function noteAllowedName(scope: object, key: string | number, policy: Policy): void {
  const names = allowedNames.get(scope) ?? new Map<string | number, Policy>();
  allowedNames.set(scope, names.set(key, policy));
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
  const { operation, path, schema, variableValues } = info;
  // Compiled queries do not show which of the fields above are operations.
  if (isCompiled(path) && leadsBackToRoots(schema)) return undefined;
  return allowedOperations.nearest(path, schema, ({ key, prev }) => {
    if (prev !== undefined) return undefined;
    return allowedNames.get(operation)?.get(key) ?? allowedNames.get(variableValues)?.get(key);
  });
}

/** Whether a call opens a subscription. */
export function opensSubscription(context: ExecutionContext): boolean {
  const { args, info } = resolverArgumentsOf(context);
  return args !== undefined && info !== undefined && isSubscription(info);
}

/** Whether the field is one of a root type, wherever it is in the response. */
function isOperation({ path, parentType, schema }: ResolveInfo): boolean {
  if (path.prev === undefined) return true;
  // graphql-jit confuses the type of a field `x` below `a` with that of an alias `x_a`. Startup rejects jit if this matters for a schema.
  if (isCompiled(path)) return false;
  return (rootTypesOf(schema) as readonly unknown[]).includes(parentType);
}

/** GraphQL subscribes only at the root of a document. */
function isSubscription({ path, parentType, schema }: ResolveInfo): boolean {
  return path.prev === undefined && parentType === schema.getSubscriptionType();
}
