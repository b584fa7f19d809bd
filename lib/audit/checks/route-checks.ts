import type { AuditedRoute } from './audited-route.js';
import { findInMethod } from './method-checks.js';
import { findMisplacedSources } from './misplaced-sources.js';
import { requiredReadsOf } from '../../options/org-source-description.js';
import { pathParametersOf } from '../application/path-parameters.js';

/** The checks for every HTTP route. */
export function findInRoute(audited: AuditedRoute): string[] {
  return [
    ...findInMethod(audited),
    ...findMissingPathParameters(audited),
    ...findMisplacedSources(audited.policy, 'http'),
  ];
}

/** Organization rules that read a parameter which the path does not have: they would reject every call. */
function findMissingPathParameters({ policy, paths }: AuditedRoute): string[] {
  return requiredReadsOf(policy.orgSources)
    .filter(
      ({ from, name = '' }) =>
        from === 'path' && !paths.every((path) => pathParametersOf(path).includes(name)),
    )
    .map(
      ({ name }) =>
        `The organization rule reads the path parameter "${name}", which this path does not have. Add it to the path, or set ` +
        "the option org of the rule, for example { org: orgFromQuery('orgId') }.",
    );
}
