import { loaderOfSource } from './org-of.js';
import {
  isInjectableSource,
  type OrgSourceOption,
  type OrgSourceReads,
} from './org-source.interface.js';

/** The sources that this copy of the package created. Only their `reads` can be trusted. */
const BUILT_IN = new WeakSet<OrgSourceOption>();

export function noteBuiltIn(source: OrgSourceOption): void {
  BUILT_IN.add(source);
}

/** Whether a source is built-in, and so reads exactly its `reads`. */
export function isBuiltInSource(source: OrgSourceOption): boolean {
  return BUILT_IN.has(source);
}

/** The place and the name that a source reads. A source without `reads` is `custom`, with the name of its class if it has one. */
export function describeOrgSource(source: OrgSourceOption): { from: string; name?: string } {
  if (source.reads !== undefined) {
    const { from, name } = source.reads;
    return name === undefined ? { from } : { from, name };
  }
  const isNamed = isInjectableSource(source) || loaderOfSource(source) !== undefined;
  return isNamed ? { from: 'custom', name: source.name } : { from: 'custom' };
}

/** The place and the name that a source reads, in words, such as `path orgId`. */
export function summaryOfOrgSource(source: OrgSourceOption): string {
  const { from, name } = describeOrgSource(source);
  return [from, name].filter(Boolean).map(String).join(' ');
}

/** The `reads` of the sources that have them. */
export function readsOf(sources: readonly OrgSourceOption[]): OrgSourceReads[] {
  return sources.flatMap(({ reads }) => reads ?? []);
}

/** Whether every call must have the value that a source reads. */
export function isRequired({ required }: OrgSourceReads): boolean {
  return required !== false;
}
