import { isInjectableSource, type OrgSourceOption } from '../options/org-source.interface.js';

/** Where a source looks: a place and a name there; of a source of the application that it is one, and of a class its name. */
export function placeOf(source: OrgSourceOption): { from: string; name?: string } {
  if (isInjectableSource(source)) return { from: 'custom', name: source.name };
  const { from, name } = source;
  return from === undefined ? { from: 'custom' } : { from, name };
}
