import type { ExecutionContext } from '@nestjs/common';
import { graphqlCallOf, type ResolveInfo } from '../transport/graphql/graphql-call.js';
import { isObject } from '../values/is-object.js';
import type { StoredCaller } from './caller-storage.js';

interface FieldCaller {
  /** Of the field: a different object in each execution. */
  readonly info: object;
  /** `undefined` where two executions cannot be told apart. */
  readonly caller: StoredCaller | undefined;
}

type FieldCallers = Map<string, FieldCaller>;

/** By the context value of a request, the variables of one execution, and the path of the field in the response. */
const executions = new WeakMap<object, WeakMap<object, FieldCallers>>();

/** Keeps the caller of an operation, or of a field with a rule of its own, for the fields below it. */
export function keepCallerForFields(context: ExecutionContext, caller: StoredCaller): void {
  const { args, contextValue, info } = graphqlCallOf(context);
  if (info === undefined || !isObject(contextValue)) return;
  // All references of a query share one path.
  if (args === undefined) return;
  const ofContext = executions.get(contextValue) ?? new WeakMap<object, FieldCallers>();
  const fields: FieldCallers = ofContext.get(info.variableValues) ?? new Map<string, FieldCaller>();
  executions.set(contextValue, ofContext.set(info.variableValues, fields));
  const path = pathsTo(info).at(-1)!;
  const known = fields.get(path);
  const isAmbiguous = known !== undefined && known.info !== info;
  fields.set(path, { info, caller: isAmbiguous ? undefined : caller });
}

/** The caller of the nearest field above that has one, up to the operation; `undefined` if there is none in this execution. */
export function findCallerAbove(context: ExecutionContext): StoredCaller | undefined {
  const { contextValue, info } = graphqlCallOf(context);
  if (info === undefined || !isObject(contextValue)) return undefined;
  const fields = executions.get(contextValue)?.get(info.variableValues);
  if (fields === undefined) return undefined;
  const nearest = pathsTo(info).findLast((path) => fields.has(path));
  return nearest === undefined ? undefined : fields.get(nearest)!.caller;
}

/** Of the root field, and of each below it down to this one. */
function pathsTo({ path }: ResolveInfo): string[] {
  const keys = [path.key];
  for (let { prev } = path; prev !== undefined; { prev } = prev) keys.unshift(prev.key);
  let above = '';
  return keys.map((key) => (above += `.${key}`));
}
