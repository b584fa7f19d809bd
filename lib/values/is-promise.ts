/**
 * Whether a value is a promise, of whatever class. `instanceof Promise` is not enough: libraries such as zone.js replace the global class,
 * and `async` functions still return native promises. A check that takes a pending verification for its result lets the caller in.
 */
export function isPromise<Result>(value: Result | Promise<Result>): value is Promise<Result>;
export function isPromise(value: unknown): value is Promise<unknown>;
export function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
