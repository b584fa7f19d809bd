/** Limits the memory for one user. A user who leaves more organizations within seconds is denied everything for that time. */
const MAXIMUM_ORGS = 100;

/** The access of a user that is denied by events. */
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

/** The union of two denials. */
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
