/**
 * Tells whether Nest has an instance of a guard class for the classes of a module. Nest skips a guard class without one, for example where
 * `useFactory` provides the class that the guard is on.
 */
export function guardsProvidedIn({
  injectables,
}: {
  readonly injectables: ReadonlyMap<unknown, unknown>;
}): (guard: Function) => boolean {
  return (guard) => injectables.has(guard);
}
