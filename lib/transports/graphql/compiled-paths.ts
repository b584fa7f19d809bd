import { isObject } from '../../values/is-object.js';
import { isCompiled } from './field-values.js';
import type { ResolverArguments, ResponsePath } from './resolver-arguments.js';

/** A path that the fields below share, with those that begin with it. */
interface SharedPath extends ResponsePath {
  readonly longer: Map<string | number, SharedPath>;
}

/** The paths of one execution, by their first names. */
type Execution = SharedPath['longer'];

/** The executions, by the context value of a request and the variables of one execution. */
const executions = new WeakMap<object, WeakMap<object, Execution>>();

/**
 * The path of a field, as an object that the fields below share. GraphQL.js creates such an object. A compiled query creates separate
 * objects for each field, so this returns an object of its own instead, which takes one step for each part of the path.
 *
 * @returns `undefined` where the context value cannot tell requests apart
 */
export function sharedPathOf({
  contextValue,
  info,
}: Pick<ResolverArguments, 'contextValue' | 'info'>): ResponsePath | undefined {
  if (info === undefined || !isObject(contextValue)) return undefined;
  if (!isCompiled(info.path)) return info.path;
  const ofRequest = executions.get(contextValue) ?? new WeakMap<object, Execution>();
  executions.set(contextValue, ofRequest);
  const execution: Execution = ofRequest.get(info.variableValues) ?? new Map();
  ofRequest.set(info.variableValues, execution);
  return sharedPathIn(execution, info.path);
}

function sharedPathIn(execution: Execution, path: ResponsePath): ResponsePath {
  const keys: (string | number)[] = [];
  for (let at: ResponsePath | undefined = path; at !== undefined; at = at.prev) keys.push(at.key);
  let shared: SharedPath | undefined;
  for (const key of keys.toReversed()) {
    const longer: Execution = shared?.longer ?? execution;
    const next = longer.get(key) ?? { key, prev: shared, longer: new Map() };
    longer.set(key, next);
    shared = next;
  }
  return shared as SharedPath;
}
