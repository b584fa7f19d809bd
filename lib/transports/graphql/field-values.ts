import { privateField } from '../../values/private-field.js';
import type { ResponsePath } from './resolver-arguments.js';
import { isRootType, type GraphqlSchema } from './schema-types.js';

/** How many fields a look-up passes before it keeps the value. */
const INTERVAL = 50;

/** Values of fields in a response, for the fields below them. */
export class FieldValues<Value> {
  /** The values of fields that have their own, and of some fields far below them. */
  readonly #values = privateField<{ readonly value: Value | undefined }>();

  keep(path: ResponsePath, value: Value | undefined): void {
    this.#values.set(path, { value });
  }

  /**
   * The value of the nearest field that has one, at or above a path, up to the operation that the path belongs to. A look-up keeps nothing,
   * but in a deep query: there the value is kept at intervals on the way, so that no field is far from one that has it.
   *
   * @param ofOperation the value of an operation that has none
   */
  nearest(
    path: ResponsePath,
    schema: GraphqlSchema,
    ofOperation: (operation: ResponsePath) => Value | undefined,
  ): Value | undefined {
    let at = path;
    let far: ResponsePath[] | undefined;
    let kept = this.#values.get(at);
    for (let steps = 1; kept === undefined && !isOperationPath(at, schema); steps++) {
      at = at.prev as ResponsePath;
      kept = this.#values.get(at);
      if (steps % INTERVAL === 0) (far ??= []).push(at);
    }
    const found = kept ?? { value: ofOperation(at) };
    for (const field of far ?? []) this.#values.set(field, found);
    return found.value;
  }
}

/** Whether a path ends with a field of a root type. */
function isOperationPath({ prev, typename }: ResponsePath, schema: GraphqlSchema): boolean {
  if (prev === undefined) return true;
  return typename !== undefined && isRootType(typename, schema);
}
