import type { ValueSource } from '../../options/value-source.js';
import { loaderOfSource } from '../../options/org-of.js';
import { OwnProviders } from '../../rules/application/own-providers.js';
import { resourceRule } from '../../rules/application/resource-rule.js';
import { orgRule } from '../../rules/org/org-rule.js';
import { allCombinedOf } from '../../rules/policy.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';
import { pathParametersOf } from '../application/path-parameters.js';

const OF_REQUESTS: readonly ValueSource['from'][] = ['header', 'cookie'];

/** The places that a call has, by its transport. */
const PLACES: Record<ApplicationHandler['type'], readonly ValueSource['from'][]> = {
  http: ['input', 'path', 'query', ...OF_REQUESTS],
  operation: ['input', ...OF_REQUESTS],
  field: ['input', 'parent', ...OF_REQUESTS],
  reference: ['parent', ...OF_REQUESTS],
  gateway: ['input', ...OF_REQUESTS],
  message: ['input'],
  mcp: ['input', ...OF_REQUESTS],
};

/** Loaders that look for the id of their row where these calls have none. No call would have a row. */
export function findMisplacedLoaders(
  { policy, type, paths }: ApplicationHandler,
  { get }: AuditedApplication,
): string[] {
  const taken = allCombinedOf(policy, resourceRule).flatMap((all) =>
    all.map(({ loader }) => loader),
  );
  const ofOrgs = allCombinedOf(policy, orgRule).flatMap(({ sources }) =>
    sources.flatMap((source) => loaderOfSource(source) ?? []),
  );
  return [...new Set([...taken, ...ofOrgs])].flatMap((loader) => {
    const { from, name } = get(OwnProviders).loaderOf(loader).id;
    const problem = `${loader.name} reads the id of its row from ${from} ${name}, which`;
    if (!PLACES[type].includes(from)) return `${problem} these calls do not have. Change its id.`;
    const isInPath = from === 'path' || from === 'input';
    const lacking = isInPath && paths.find((path) => !pathParametersOf(path).includes(name));
    return lacking
      ? `${problem} this path does not have. Add :${name} to ${lacking}, or change its id.`
      : [];
  });
}
