import type { ExecutionContext } from '@nestjs/common';
import { graphqlCallOf } from '../transport/graphql/graphql-call.js';
import { rootKeyOf } from '../transport/graphql/graphql-operations.js';
import { isObject } from '../values/is-object.js';
import type { StoredCaller } from './caller-storage.js';

interface OperationCaller {
  /** Of the root field: a different object in each execution. */
  readonly info: object;
  /** `undefined` where two executions cannot be told apart. */
  readonly caller: StoredCaller | undefined;
}

type Roots = Map<string | number, OperationCaller>;

/** By the context value of a request, the variables of one execution, and the name of the root field in the response. */
const operations = new WeakMap<object, WeakMap<object, Roots>>();

/** Keeps the caller of a query, mutation or subscription for the fields below it. */
export function keepOperationCaller(context: ExecutionContext, caller: StoredCaller): void {
  const { contextValue, info } = graphqlCallOf(context);
  if (info === undefined || !isObject(contextValue)) return;
  const executions = operations.get(contextValue) ?? new WeakMap<object, Roots>();
  const roots: Roots = executions.get(info.variableValues) ?? new Map<string, OperationCaller>();
  operations.set(contextValue, executions.set(info.variableValues, roots));
  const key = rootKeyOf(info);
  const known = roots.get(key);
  const isAmbiguous = known !== undefined && known.info !== info;
  roots.set(key, { info, caller: isAmbiguous ? undefined : caller });
}

/** The caller of the operation above a field; `undefined` if no Nest handler has resolved its root field in this execution. */
export function findOperationCaller(context: ExecutionContext): StoredCaller | undefined {
  const { contextValue, info } = graphqlCallOf(context);
  if (info === undefined || !isObject(contextValue)) return undefined;
  return operations.get(contextValue)?.get(info.variableValues)?.get(rootKeyOf(info))?.caller;
}
