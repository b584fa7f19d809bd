import { readsOf } from '../../options/org-source-description.js';
import type { OrgSourceOption, OrgSourceReads } from '../../options/org-source.interface.js';
import type { CallParts } from './entry-point.js';

/** A value that an organization source reads, and what a call has there. */
interface OrgPlace {
  readonly from: OrgSourceReads['from'];
  /** The name of the parameter, header, argument or property; only `token` has none. */
  readonly name: string;
  /** The id of the organization, which is its name, too; `undefined` where the call has nothing. */
  readonly orgId: string | undefined;
}

/** What a call has where the organization sources of its handler look. Sources without `reads` have no place. */
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

/** The values of those places of one part of a call, by name. */
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
