import { isRequired, summaryOfOrgSource } from '../../../options/org-source-description.js';
import type { OrgSourceOption } from '../../../options/org-source.interface.js';
import type { HandlerAccess } from '../../../rules/handler-access.js';
import type { NamedOrg, NamedOrgs, TestCaller } from '../entry-point.js';

/** The organization of callers who are in another one. */
export const OTHER_ORG: NamedOrg = {
  orgId: '0b0f7d1c-0000-4000-8000-00000000000b',
  urlSafeOrgName: '0b0f7d1c-0000-4000-8000-00000000000b',
};

type Sources = Pick<HandlerAccess, 'orgSources'>;

/** Whether the token of the caller names the organization, in one of the places. */
export function readsToken({ orgSources }: Sources): boolean {
  return orgSources.some(isOfToken);
}

/** Whether the call itself names the organization, so that it can be another one than the caller's. */
export function readsCall({ orgSources }: Sources): boolean {
  return !orgSources.every(isOfToken);
}

/** Adds one who may call, but whose call names no organization, for each place that a call can leave empty. */
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
 * How a call names two organizations: what each source finds, and the two places in words. `undefined` where the sources cannot find
 * different ones.
 */
export function twoOrgs(
  { orgSources }: Sources,
  org: NamedOrg,
): { readonly orgs: NamedOrgs; readonly places: string } | undefined {
  const [first, ...others] = orgSources.filter((source) => isNeeded(source) && !isOfToken(source));
  const other = others.find(
    (source) => first !== undefined && summaryOfOrgSource(source) !== summaryOfOrgSource(first),
  );
  if (first === undefined || other === undefined) return undefined;
  return {
    orgs: orgSources.map((source) => (isSamePlace(source, other) ? OTHER_ORG : org)),
    places: `${summaryOfOrgSource(first)} and ${summaryOfOrgSource(other)}`,
  };
}

function isSamePlace(one: OrgSourceOption, other: OrgSourceOption): boolean {
  return summaryOfOrgSource(one) === summaryOfOrgSource(other);
}

function isOfToken({ reads }: OrgSourceOption): boolean {
  return reads?.from === 'token';
}

/** A path has something in each place. */
function canBeEmpty(source: OrgSourceOption): boolean {
  return isNeeded(source) && !isOfToken(source) && source.reads?.from !== 'path';
}

/** Whether a source reads a place that every call has to have. */
function isNeeded({ reads }: OrgSourceOption): boolean {
  return reads !== undefined && isRequired(reads);
}
