import { adviceOnUncheckedOrgs, uncheckedOrgInWords } from '../../audit/checks/unchecked-orgs.js';
import type { DescribedHandler } from '../../audit/access-descriptions.js';
import { ownKindNamesIn } from '../../rules/handler-access.js';
import { findingOn, type Finding } from './finding.js';
import type { HoldOptions } from './hold-options.interface.js';

/** Problems that the description shows without a call. */
export function findingsWithoutCalls(handler: DescribedHandler): Finding[] {
  const { description, access } = handler;
  if (access.access === 'open') {
    return [
      findingOn(handler, {
        problem: 'is open: it has no access decorator.',
        advice:
          'Add an access decorator (@Public() if everyone may call it), or list it in except.',
      }),
    ];
  }
  const { uncheckedOrg } = description;
  if (uncheckedOrg === undefined || uncheckedOrg.isMeant) return [];
  const problem = uncheckedOrgInWords(access, uncheckedOrg.sources);
  return [findingOn(handler, { problem, advice: adviceOnUncheckedOrgs([access]) })];
}

/** A problem for each own kind of callers that the handler accepts, and whose credentials are missing. */
export function missingCredentials(
  handler: DescribedHandler,
  { credentials = {} }: HoldOptions,
): Finding[] {
  return ownKindNamesIn(handler.access.access)
    .filter((kind) => credentials[kind] === undefined)
    .map((kind) =>
      findingOn(handler, {
        problem: `was not tried as a caller of the kind '${kind}', whose credentials toHold() does not have.`,
        advice: `Return one: toHold({ credentials: { '${kind}': ({ orgId, scopes }) => … } }).`,
      }),
    );
}
