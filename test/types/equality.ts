// Types are compared by what the compiler makes of type parameters that are used once.
/* oxlint-disable typescript/no-unnecessary-type-parameters */

/** `true` when two types are the same, not only when one fits the other. */
export type Equal<One, Other> =
  (<Any>() => Any extends One ? 1 : 2) extends <Any>() => Any extends Other ? 1 : 2 ? true : false;

/** Does not compile unless what it is given is `true`. */
export function expectType<_Holds extends true>(): void {}
