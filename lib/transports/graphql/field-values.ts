import type { ResponsePath } from './resolver-arguments.js';
import { rootTypesOf, type Schema } from './schema-types.js';

/** Values of fields in a response, for the fields below them. */
export class FieldValues<Value> {
  /** Of fields with a value of their own, and of those that were asked about below them. */
  readonly #values = new WeakMap<ResponsePath, Value | undefined>();

  of(path: ResponsePath): Value | undefined {
    return this.#values.get(path);
  }

  keep(path: ResponsePath, value: Value | undefined): void {
    this.#values.set(path, value);
  }

  /**
   * The value of the nearest field that has one, at or above a path, up to the operation that the path belongs to. Remembers it for the fields
   * on the way: however deep a query is, each of its fields is passed once.
   *
   * @param ofOperation the value of an operation that has none
   */
  nearest(
    path: ResponsePath,
    schema: Schema,
    ofOperation: (operation: ResponsePath) => Value | undefined,
  ): Value | undefined {
    const passed: ResponsePath[] = [];
    let at = path;
    while (!this.#values.has(at) && !isOperationPath(at, schema)) {
      passed.push(at);
      at = at.prev as ResponsePath;
    }
    const value = this.#values.has(at) ? this.#values.get(at) : ofOperation(at);
    if (!isCompiled(path)) for (const field of passed) this.#values.set(field, value);
    return value;
  }
}

/** Whether a path ends with a field of a root type. Compiled queries say so only of the first field. */
function isOperationPath({ prev, typename }: ResponsePath, schema: Schema): boolean {
  if (prev === undefined) return true;
  return typename !== undefined && rootTypesOf(schema).some((root) => root?.name === typename);
}

/** Whether the path of a field is from a query that Mercurius has compiled, so that no other field has the same objects. */
export function isCompiled({ typename }: ResponsePath): boolean {
  return typename === undefined;
}
