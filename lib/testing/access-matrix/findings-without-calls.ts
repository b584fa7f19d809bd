import { adviceOnUncheckedOrgs, uncheckedOrgInWords } from '../../audit/checks/unchecked-orgs.js';
import type { DescribedHandler } from '../../audit/access-descriptions.js';
import type { Finding } from './finding.js';

/** Problems that the description shows without a call. */
export function findingsWithoutCalls(handler: DescribedHandler): Finding[] {
  const { description, access } = handler;
  if (access.access === 'open') {
    const advice =
      'Add an access decorator (@Public() if everyone may call it), or list it in except.';
    return [{ handler, problem: 'is open: it has no access decorator.', advice }];
  }
  const { uncheckedOrg } = description;
  if (uncheckedOrg === undefined || uncheckedOrg.isMeant) return [];
  const problem = uncheckedOrgInWords(access, uncheckedOrg.sources);
  return [{ handler, problem, advice: adviceOnUncheckedOrgs([access]) }];
}
