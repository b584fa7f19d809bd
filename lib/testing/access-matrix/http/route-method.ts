import type { DescribedHandler } from '../../../audit/describe-access.js';

/** From the one that changes least. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The method to call a route with: for a route of all methods, one that no other route of its path has. */
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

/** A path without the names of its parameters, which do not tell requests apart. */
function shapeOf(path: string): string {
  return path.replaceAll(/:[\w$]+/g, ':');
}
