/** Makes a thing when it is first needed: caches reserve memory for all of their entries, and many applications use few of the caches. */
export function lazily<Thing extends {}>(make: () => Thing): () => Thing {
  let made: Thing | undefined;
  return () => (made ??= make());
}
