/** The names of the parameters of a path: `:name`, `{/:name}` and `*name` (path-to-regexp 8). */
export function pathParametersOf(path: string): string[] {
  const parameters = path.matchAll(/[:*](?:"([^"]+)"|([\w$]+))/g);
  return [...parameters].map(([, quoted, plain = '']) => quoted ?? plain);
}
