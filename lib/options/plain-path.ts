/** A path with the same meaning in Express and Fastify: without parameters, wildcards and escapes. */
const PATH = /^(\/[\w.~-]+)+$/;

const DOT_SEGMENT = /\/\.{1,2}(\/|$)/;

/** Whether a path is a single route with the same meaning in Express and Fastify. */
export function isPlainPath(value: unknown): value is string {
  return typeof value === 'string' && PATH.test(value) && !DOT_SEGMENT.test(value);
}
