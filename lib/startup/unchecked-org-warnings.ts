import { adviceOnUncheckedOrgs, hasOrgRule, uncheckedOrgInWords } from './checks/unchecked-orgs.js';
import { fullNameOf, type DescribedHandler } from './access-descriptions.js';

/** A warning names at most this many handlers. */
const NAMED_HANDLERS = 20;

const WITHOUT_RULE = 'These handlers name an organization and do not check it.';
const BESIDE_RULE = 'These handlers name an organization where none of their rules reads it.';

/** The warnings about handlers whose calls name an organization that no rule checks. */
export function findUncheckedOrgs(handlers: readonly DescribedHandler[]): string[] {
  const found = handlers.filter(({ description }) => description.uncheckedOrg?.isMeant === false);
  const beside = found.filter(({ access }) => hasOrgRule(access));
  const without = found.filter(({ access }) => !hasOrgRule(access));
  return [...warningsOf(without, WITHOUT_RULE), ...warningsOf(beside, BESIDE_RULE)];
}

/** @param heading what is wrong with several handlers */
function warningsOf(found: readonly DescribedHandler[], heading: string): string[] {
  if (found.length === 0) return [];
  const advice = adviceOnUncheckedOrgs(found.map(({ access }) => access));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) {
    const problem = uncheckedOrgInWords(first.access, sourcesOf(first));
    return [`${fullNameOf(first.description)} ${problem} ${advice}`];
  }
  const left = found.length - NAMED_HANDLERS;
  const lines = [
    `${heading} ${advice}`,
    ...found
      .slice(0, NAMED_HANDLERS)
      .map((one) => `- ${fullNameOf(one.description)}: ${sourcesOf(one).join(' and ')}`),
    ...(left > 0 ? [`- and ${left} more, which describeAccess() lists`] : []),
  ];
  return [lines.join('\n')];
}

function sourcesOf({ description }: DescribedHandler): readonly string[] {
  return description.uncheckedOrg?.sources ?? [];
}
