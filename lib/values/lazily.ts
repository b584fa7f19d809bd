/** Makes a thing when it is first asked for: caches reserve the room for all of their entries, and many an application never uses them. */
export function lazily<Thing extends {}>(make: () => Thing): () => Thing {
  let made: Thing | undefined;
  return () => (made ??= make());
}
