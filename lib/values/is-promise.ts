/**
 * Whether a value is a promise, of whatever class. `instanceof Promise` is not enough: libraries such as zone.js replace the global class,
 * and `async` functions still return native promises. A check that takes a pending verification for its result lets the caller in.
 */
export function isPromise<Result>(value: Result | Promise<Result>): value is Promise<Result>;
export function isPromise(value: unknown): value is Promise<unknown>;
export function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Goes on with a value at once, or when its promise is fulfilled: what need not be waited for costs no turn of the event loop. */
export function whenKnown<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
  return isPromise(value) ? value.then(next) : next(value);
}
