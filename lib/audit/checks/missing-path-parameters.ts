import { requiredReadsOf } from '../../options/org-source-description.js';
import type { AuditedRoute } from './audited-route.js';

/** Organization rules that look in the path for a parameter that the path does not have: they would refuse everyone. */
export function findMissingPathParameters({ policy, paths }: AuditedRoute): string[] {
  return requiredReadsOf(policy.orgSources)
    .filter(({ from, name }) => from === 'path' && !paths.every((path) => hasParameter(path, name)))
    .map(
      ({ name }) =>
        `The organization is looked for in the path parameter "${name}", which the path does not have; add it, or say ` +
        "where the organization is named, such as { org: orgFromQuery('orgId') }.",
    );
}

/** `:name`, `{/:name}` and `*name` (path-to-regexp 8). */
function hasParameter(path: string, name = ''): boolean {
  const parameters = path.matchAll(/[:*](?:"([^"]+)"|([\w$]+))/g);
  return [...parameters].some(([, quoted, plain]) => (quoted ?? plain) === name);
}
