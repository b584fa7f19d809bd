import type { Answer, Client } from '../application.js';
import { B, THEIRS } from '../tenants.js';

type Send = (client: Client) => Promise<Answer>;

/** A way to name B's data. */
export interface Attack {
  readonly name: string;
  /** The status of the response. */
  readonly status: number | string;
  readonly send: Send;
  /**
   * An `outsider` is in A alone, and names B where the rule looks. A `member` names A there, and B somewhere else. These attacks are also sent
   * by a user who is in both: the membership in B must not help.
   */
  readonly by: 'outsider' | 'member';
  /** Whether the handler would show or change rows of B if the tables had no policies. */
  readonly isLeftToPolicies: boolean;
}

const kind =
  (rest: Pick<Attack, 'by' | 'isLeftToPolicies'>) =>
  (name: string, status: Attack['status'], send: Send): Attack => ({ name, status, send, ...rest });

export const outsider = kind({ by: 'outsider', isLeftToPolicies: false });
export const member = kind({ by: 'member', isLeftToPolicies: false });
export const leftToPolicies = kind({ by: 'member', isLeftToPolicies: true });

export const NEW = { number: 'N-1', lines: [{ cents: 5 }] };

/** All names by which an application could take an id or an organization from what a client sends. */
export const ASSIGNED = {
  id: THEIRS.id,
  orgId: B,
  org_id: B,
  invoiceId: THEIRS.id,
  invoice_id: THEIRS.id,
};
