import { isInjectableSource, type OrgSourceOption } from './org-source.interface.js';

/** Where a source looks: a place and a name there. A source of the application is `custom`; if it is a class, with its name. */
export function describeOrgSource(source: OrgSourceOption): { from: string; name?: string } {
  if (isInjectableSource(source)) return { from: 'custom', name: source.name };
  const { from, name } = source;
  return from === undefined ? { from: 'custom' } : { from, name };
}

/** The same in words, such as `path orgId`. */
export function summaryOfOrgSource(source: OrgSourceOption): string {
  const { from, name } = describeOrgSource(source);
  return [from, name].filter(Boolean).map(String).join(' ');
}
