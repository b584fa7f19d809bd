import {
  isInjectableSource,
  type OrgSourceOption,
  type OrgSourceReads,
} from './org-source.interface.js';

/** Where a source looks: a place and a name there. One that does not say it is `custom`; if it is a class, with its name. */
export function describeOrgSource(source: OrgSourceOption): { from: string; name?: string } {
  if (source.reads !== undefined) {
    const { from, name } = source.reads;
    return name === undefined ? { from } : { from, name };
  }
  return isInjectableSource(source) ? { from: 'custom', name: source.name } : { from: 'custom' };
}

/** The same in words, such as `path orgId`. */
export function summaryOfOrgSource(source: OrgSourceOption): string {
  const { from, name } = describeOrgSource(source);
  return [from, name].filter(Boolean).map(String).join(' ');
}

/** What the sources read, as far as they say it. */
export function readsOf(sources: readonly OrgSourceOption[]): OrgSourceReads[] {
  return sources.flatMap(({ reads }) => reads ?? []);
}

/** What every call must have for these sources. */
export function requiredReadsOf(sources: readonly OrgSourceOption[]): OrgSourceReads[] {
  return readsOf(sources).filter(({ required }) => required !== false);
}
