import type { FieldErrors } from './backend-response.js';

/** Collects what is wrong with the fields of a request. */
export class FieldChecks {
  readonly errors: FieldErrors = {};

  get haveFailed(): boolean {
    return Object.keys(this.errors).length > 0;
  }

  /** Complains about a field unless something holds. */
  require(holds: boolean, field: string, complaint: string): void {
    if (holds) return;
    (this.errors[field] ??= []).push(complaint);
  }
}

export function isEmail(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

export function isPositiveInteger(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

/** The value when it is a text; anything else counts as left out. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a list; none when it is no list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** The value when it is an object; anything else counts as left out. */
export function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
