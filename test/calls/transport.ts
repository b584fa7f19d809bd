import type { Answer } from './outcome.js';
import type { Credential, Sent } from './credentials.js';
import type { Part, Rule } from './rules.js';

/** What one caller does with what they send. */
export interface Session {
  /** Calls the handler of a rule, and names an organization. */
  call(rule: Rule, orgId: string | null): Promise<Answer>;
  close?(): unknown;
}

/** How the callers of the table reach the handlers of one application. */
export interface Transport {
  /** The title of the table. */
  readonly name: string;
  readonly rules: readonly Rule[];
  /** What all calls need, besides what the rules of their handlers say. */
  readonly needs?: Part;
  /** Without headers, which have a second token, API keys, step-up grants, signatures and the word `Bearer`. */
  readonly hasNoHeaders?: true;
  /** Whether one connection makes the calls of all rules. */
  readonly staysConnected?: true;
  /** The credentials that are tried. Default: all of the table. */
  readonly credentials?: readonly Credential[];
  /** Whether a call reaches several handlers at once, so that the order of what happens says nothing. */
  readonly hasSeveralHandlers?: true;
  open(sent: Sent): Promise<Session> | Session;
}

/** Whether a transport has a place for everything that a caller sends. */
export function canSend({ hasNoHeaders }: Transport, sent: Sent): boolean {
  const { tokens = [], isWithoutScheme, apiKey, grant, service } = sent;
  const needsHeaders = [isWithoutScheme, apiKey, grant, service].some((part) => part !== undefined);
  return hasNoHeaders === true ? tokens.length <= 1 && !needsHeaders : tokens.length <= 2;
}
