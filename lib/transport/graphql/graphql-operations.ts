import type { ExecutionContext } from '@nestjs/common';
import { graphqlCallOf, type ResolveInfo } from './graphql-call.js';
import { handlerKindsOf, isOperationOrField } from '../handler-kinds.js';
import { FieldValues, isCompiled } from './field-values.js';
import { leadsBackToRoots, rootTypesOf } from './schema-types.js';

/**
 * The operations at the root of a document that a guard has let in, by the document's operation and their name in the answer.
 *
 * By the document's operation and not by its execution, since the events of a subscription are executed apart from it, and Mercurius'
 * compiled queries share nothing else. That proves as much: one name in the answer is one field of the schema, and whether its resolver is
 * a handler of Nest's does not change from one execution to the next. An operation that is rejected has no fields below.
 */
const allowedRoots = new WeakMap<object, Set<string | number>>();

/** The operations of one execution that a guard has let in, where fields below share its paths. */
const allowedOperations = new FieldValues<true>();

/** Notes that a query, mutation or subscription was allowed. Resolvers of references and types look like one, but are not. */
export function noteAllowedOperation(context: ExecutionContext): void {
  const { info } = graphqlCallOf(context);
  if (info === undefined || !isOperationCall(context)) return;
  const { operation, path } = info;
  // An operation that another caller was allowed says nothing of this one, if a filter has answered its rejection.
  if (!isCompiled(path) && !isSubscription(info)) allowedOperations.keep(path, true);
  else if (path.prev === undefined) noteAllowedRoot(operation, path.key);
}

/** Notes that a root field of an operation was let in, by its name in the answer. */
export function noteAllowedRoot(operation: object, key: string | number): void {
  const roots = allowedRoots.get(operation) ?? new Set();
  allowedRoots.set(operation, roots.add(key));
}

/** Whether a call is that of a query, mutation or subscription that a Nest handler resolves. */
export function isOperationCall(context: ExecutionContext): boolean {
  const { args, info } = graphqlCallOf(context);
  return (
    args !== undefined &&
    info !== undefined &&
    isOperation(context, info) &&
    isOperationOrField(context.getHandler())
  );
}

/**
 * Whether a call is of a field that belongs to an allowed operation, which has returned the object of the field. Below the root fields of
 * others (`_entities` of a federation, fields of a schema that Nest does not resolve) no guard has decided.
 */
export function belongsToAllowedOperation(context: ExecutionContext): boolean {
  if (context.getType<string>() !== 'graphql') return false;
  const { args, info } = graphqlCallOf(context);
  if (info === undefined || (args !== undefined && isOperation(context, info))) return false;
  const { operation, path, schema } = info;
  // Which of the fields above are operations, compiled queries do not say.
  if (isCompiled(path) && leadsBackToRoots(schema)) return false;
  const isAllowed = allowedOperations.nearest(path, schema, ({ key, prev }) =>
    prev === undefined && allowedRoots.get(operation)?.has(key) ? true : undefined,
  );
  return isAllowed === true;
}

/** Whether a call opens a subscription. */
export function opensSubscription(context: ExecutionContext): boolean {
  const { args, info } = graphqlCallOf(context);
  return args !== undefined && info !== undefined && isSubscription(info);
}

/** Whether the field is one of a root type, wherever it is in the response. */
function isOperation(context: ExecutionContext, info: ResolveInfo): boolean {
  const { path, parentType, schema } = info;
  if (path.prev === undefined) return true;
  // graphql-jit mixes up the types of fields like `x` below `a`, and of what a caller has named `x_a`.
  if (isCompiled(path)) {
    const [handler, type] = [context.getHandler(), context.getClass()];
    return leadsBackToRoots(schema) && handlerKindsOf(handler, type).includes('operation');
  }
  return (rootTypesOf(schema) as readonly unknown[]).includes(parentType);
}

/** GraphQL subscribes at the root of a document alone. */
function isSubscription({ path, parentType, schema }: ResolveInfo): boolean {
  return path.prev === undefined && parentType === schema.getSubscriptionType();
}

/** The name in the response of the root field that a field is, or is below. */
export function rootKeyOf({ path }: ResolveInfo): string | number {
  let { key, prev } = path;
  while (prev !== undefined) ({ key, prev } = prev);
  return key;
}
