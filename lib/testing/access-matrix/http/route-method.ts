import type { DescribedHandler } from '../../../audit/describe-access.js';

/** Methods in order, the safest first. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The method for calls of a route. For a route of all methods, a method that no other route has at its path. */
export function methodFor(
  { description }: DescribedHandler,
  routes: readonly DescribedHandler[],
): string {
  const { method = 'GET', path = '' } = description;
  if (method !== 'ALL') return method;
  const taken = routes
    .filter((route) => shapeOf(route.description.path ?? '') === shapeOf(path))
    .map((route) => route.description.method);
  return METHODS.find((free) => !taken.includes(free)) ?? 'GET';
}

/** A path without the names of its parameters. Requests for two paths of the same shape are the same. */
function shapeOf(path: string): string {
  return path.replaceAll(/:[\w$]+/g, ':');
}
