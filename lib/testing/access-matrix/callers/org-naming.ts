import { isRequired, summaryOfOrgSource } from '../../../options/org-source-description.js';
import type { OrgSourceOption } from '../../../options/org-source.interface.js';
import type { HandlerAccess } from '../../../rules/handler-access.js';
import type { NamedOrg, OrgsBySource, TestCaller } from '../test-caller.js';

type Sources = Pick<HandlerAccess, 'orgSources'>;

/** Whether an organization source reads the token. */
export function readsToken({ orgSources }: Sources): boolean {
  return orgSources.some(isOfToken);
}

/** Whether an organization source reads the call, so that the call can name another organization than the token. */
export function readsCall({ orgSources }: Sources): boolean {
  return !orgSources.every(isOfToken);
}

/** Adds an allowed caller whose call names no organization, for each place that a call can leave empty. */
export function andThoseWhoNameNone(
  { orgSources }: Sources,
  org: NamedOrg,
  callers: readonly TestCaller[],
): TestCaller[] {
  const member = callers.find(({ mayCall }) => mayCall);
  if (member === undefined) return [...callers];
  const nameless = orgSources.filter(canBeEmpty).map((empty) => ({
    ...member,
    what: `${member.what}, whose call names no organization in ${summaryOfOrgSource(empty)}`,
    mayCall: false,
    orgs: orgSources.map((source) => (source === empty ? undefined : org)),
  }));
  return [...callers, ...nameless];
}

/**
 * A call that names two organizations: the value for each source, and the two places in words. `undefined` if the sources cannot find
 * different organizations.
 */
export function twoOrgs(
  { orgSources }: Sources,
  org: NamedOrg,
  otherOrg: NamedOrg,
): { readonly orgs: OrgsBySource; readonly places: string } | undefined {
  const [first, ...others] = orgSources.filter((source) => isNeeded(source) && !isOfToken(source));
  const other = others.find((source) => first !== undefined && !isSamePlace(source, first));
  if (first === undefined || other === undefined) return undefined;
  return {
    orgs: orgSources.map((source) => (isSamePlace(source, other) ? otherOrg : org)),
    places: `${summaryOfOrgSource(first)} and ${summaryOfOrgSource(other)}`,
  };
}

function isSamePlace(one: OrgSourceOption, other: OrgSourceOption): boolean {
  return summaryOfOrgSource(one) === summaryOfOrgSource(other);
}

function isOfToken({ reads }: OrgSourceOption): boolean {
  return reads?.from === 'token';
}

/** A path parameter is never empty. */
function canBeEmpty(source: OrgSourceOption): boolean {
  const from = source.reads?.from ?? 'path';
  return isNeeded(source) && !['token', 'path'].includes(from);
}

/** Whether every call must have the value that a source reads. */
function isNeeded({ reads }: OrgSourceOption): boolean {
  return reads !== undefined && isRequired(reads);
}
