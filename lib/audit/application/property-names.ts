import { isObject } from '../../values/is-object.js';

// Where other packages keep the decorated properties of a class. Read here, so that none of them need be installed.
const VALIDATION_STORAGE = 'classValidatorMetadataStorage';
const OPENAPI_PROPERTIES = 'swagger/apiModelPropertiesArray';

/** As much of `class-validator` as is used. */
interface ValidationStorage {
  getTargetValidationMetadatas(
    type: Function,
    schema: string,
    always: boolean,
    strictGroups: boolean,
  ): readonly { readonly propertyName: string }[];
}

/** The properties of a class that are validated by `class-validator` or described by `@nestjs/swagger`. Others leave no trace. */
export function propertyNamesOf(type: unknown): string[] {
  if (typeof type !== 'function' || !isObject(type.prototype)) return [];
  return [...new Set([...validatedNamesOf(type), ...describedNamesOf(type.prototype)])];
}

function validatedNamesOf(type: Function): string[] {
  const storage = (globalThis as Record<string, unknown>)[VALIDATION_STORAGE] as
    | Partial<ValidationStorage>
    | undefined;
  const found = storage?.getTargetValidationMetadatas?.(type, '', true, false) ?? [];
  return found.map(({ propertyName }) => propertyName);
}

/** Each begins with a colon. */
function describedNamesOf(prototype: object): string[] {
  const names: unknown = Reflect.getMetadata(OPENAPI_PROPERTIES, prototype);
  return Array.isArray(names) ? names.map((name) => String(name).slice(1)) : [];
}
