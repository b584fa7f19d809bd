/** One user cannot make us keep more than this: whoever leaves more organizations within seconds is denied everything for that time. */
const MAXIMUM_ORGS = 100;

/** What an event itself says that a user has lost. */
export interface Denials {
  readonly everything: boolean;
  /** The ids of organizations, in lower case. */
  readonly orgs: ReadonlySet<string>;
}

export const NOTHING: Denials = { everything: false, orgs: new Set() };
export const EVERYTHING: Denials = { everything: true, orgs: new Set() };

export function denialOfOrg(orgId: string): Denials {
  return { everything: false, orgs: new Set([orgId.toLowerCase()]) };
}

/** What at least one of the two denies. */
export function bothDenials(one: Denials, other: Denials): Denials {
  if (one === NOTHING) return other;
  if (other === NOTHING) return one;
  if (one.everything || other.everything) return EVERYTHING;
  const orgs = new Set([...one.orgs, ...other.orgs]);
  return orgs.size > MAXIMUM_ORGS ? EVERYTHING : { everything: false, orgs };
}

export function deniesOrg(denials: Denials, orgId: string): boolean {
  return denials.everything || denials.orgs.has(orgId.toLowerCase());
}
