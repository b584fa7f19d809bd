import type { ResponsePath } from './resolver-arguments.js';
import { rootTypesOf, type Schema } from './schema-types.js';

/** Values of fields in a response, for the fields below them. */
export class FieldValues<Value> {
  /** The values of fields that have their own, and of the fields below them that were looked up. */
  readonly #values = new WeakMap<ResponsePath, Value | undefined>();

  keep(path: ResponsePath, value: Value | undefined): void {
    this.#values.set(path, value);
  }

  /**
   * The value of the nearest field that has one, at or above a path, up to the operation that the path belongs to. The value is remembered
   * for the fields on the way: however deep a query is, each of its fields is passed once.
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
    for (const field of passed) this.#values.set(field, value);
    return value;
  }
}

/** Whether a path ends with a field of a root type. */
function isOperationPath({ prev, typename }: ResponsePath, schema: Schema): boolean {
  if (prev === undefined) return true;
  return typename !== undefined && rootTypesOf(schema).some((root) => root?.name === typename);
}
