/** Segments that are the same for Express and Fastify: without parameters, wildcards and escapes. */
const PATH = /^(\/[\w.~-]+)+$/;

const DOT_SEGMENT = /\/\.{1,2}(\/|$)/;

/** Whether Express and Fastify understand a path in the same way, as that of a single route. */
export function isPlainPath(value: unknown): value is string {
  return typeof value === 'string' && PATH.test(value) && !DOT_SEGMENT.test(value);
}
