import {
  isInjectableSource,
  type OrgSourceOption,
  type OrgSourceReads,
} from './org-source.interface.js';

/** Where a source looks: a place and a name there. A source without `reads` is `custom`, with its name if it is a class. */
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

/** What the sources with `reads` read. */
export function readsOf(sources: readonly OrgSourceOption[]): OrgSourceReads[] {
  return sources.flatMap(({ reads }) => reads ?? []);
}

/** What every call must have for these sources. */
export function requiredReadsOf(sources: readonly OrgSourceOption[]): OrgSourceReads[] {
  return readsOf(sources).filter(isRequired);
}

/** Whether every call must have what a source reads. */
export function isRequired({ required }: OrgSourceReads): boolean {
  return required !== false;
}
