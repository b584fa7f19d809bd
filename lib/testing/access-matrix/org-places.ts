import { readsOf } from '../../options/org-source-description.js';
import type { OrgSourceOption, OrgSourceReads } from '../../options/org-source.interface.js';
import type { CallParts } from './entry-point.js';

/** A value that an organization source reads from a call. */
interface OrgPlace {
  readonly from: OrgSourceReads['from'];
  /** The name of the parameter, header, argument or property; only `token` has none. */
  readonly name: string;
  /** The id and name of the organization; `undefined` if the call leaves the place empty. */
  readonly orgId: string | undefined;
}

/** The places that the organization sources of a handler read. A source without `reads` has none. */
export function orgPlacesOf(
  sources: readonly OrgSourceOption[],
  { org, orgs }: Pick<CallParts, 'org' | 'orgs'>,
): OrgPlace[] {
  return sources.flatMap((source, index) =>
    readsOf([source]).map(({ from, name = '' }) => ({
      from,
      name,
      orgId: (orgs === undefined ? org : orgs[index])?.orgId,
    })),
  );
}

/** The values in one part of a call, by name. */
export function orgValuesIn(
  from: OrgSourceReads['from'],
  places: readonly OrgPlace[],
): Record<string, string> {
  return Object.fromEntries(
    places.flatMap((place) =>
      place.from === from && place.orgId !== undefined ? [[place.name, place.orgId]] : [],
    ),
  );
}
