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
  return requiredReadsOf(policy.orgSources).flatMap(({ from, name = '' }) => {
    const lacking = paths.find((path) => !pathParametersOf(path).includes(name));
    return from === 'path' && lacking !== undefined
      ? [
          `The organization rule reads the path parameter "${name}", which this path does not have. ${adviceFor(lacking, name)}`,
        ]
      : [];
  });
}

/** A parameter whose name, or the part of the path before it, says that it is an organization. */
const NAMES_ORG =
  /[:*]"?(\w*(?:org|tenant|team|workspace)\w*)|(?:orgs?|organi[sz]ations?|tenants?|teams?|workspaces?)\/:(\w+)/i;

function adviceFor(path: string, name: string): string {
  const [, byName, byPlace] = NAMES_ORG.exec(path) ?? [];
  const meant = byName ?? byPlace;
  return meant === undefined
    ? `Add :${name} to the path, or name the place of the id, as in { org: orgFromQuery() } or { org: orgFromBody() }.`
    : `Add { org: orgFromParam('${meant}') } to the rule.`;
}
