import { isJsonObject, type JsonObject } from '../json-object.js';
import type { FieldErrors } from './backend-response.js';

/** Collects error messages about the fields of a request. */
export class FieldChecks {
  readonly errors: FieldErrors = {};

  get haveFailed(): boolean {
    return Object.keys(this.errors).length > 0;
  }

  /** Adds an error message about a field if the condition is false. */
  require(condition: boolean, field: string, message: string): void {
    if (condition) return;
    (this.errors[field] ??= []).push(message);
  }
}

/** RFC 5321, section 4.5.3.1.3. The time of the expression below grows with the square of the length. */
const MAXIMUM_EMAIL_LENGTH = 254;

export function isEmail(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAXIMUM_EMAIL_LENGTH &&
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)
  );
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

export function isPositiveInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** The value if it is a string; else a text that is no id. */
export function idOf(value: unknown): string {
  return textOf(value) ?? '';
}

/** The value if it is a string, else `undefined`. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The strings of a list; empty if the value is not a list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** The value if it is an object, else `undefined`. */
export function objectOf(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}
