/** Creates a value on first use. Caches reserve memory for all entries, and many applications use few of the caches. */
export function lazily<Thing extends {}>(make: () => Thing): () => Thing {
  let made: Thing | undefined;
  return () => (made ??= make());
}
