import type { UserState } from '../propelauth/backend/user-state.js';

/** A user, and the access that a credential gives them. */
export interface AccessSubject {
  readonly userId: string;
  /** The organizations of the credential. */
  readonly orgIds: readonly string[];
  /** Whether all ids are in lower case, as PropelAuth writes them. Others have to be rewritten before they are compared. */
  readonly hasLowerCaseIds: boolean;
  /** Whether the user was certainly enabled when the credential was issued. A disabled user may get others, such as by a refresh. */
  readonly isOfEnabledUser: boolean;
  /** In seconds since 1970, like {@link expiresAt}. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The times of a credential that is always in doubt, because nobody knows when it was issued. */
export const UNDATED = { issuedAt: 0, expiresAt: Infinity };

/**
 * @param issuedAt in seconds since 1970; `undefined` if nobody says. A time in the future is wrong, so the age of the credential is unknown
 */
export function datedBy(issuedAt: number | undefined, expiresAt: number): typeof UNDATED {
  const isKnown = issuedAt !== undefined && issuedAt * 1000 <= Date.now();
  return isKnown ? { issuedAt, expiresAt } : UNDATED;
}

export function accessSubject(
  userId: string,
  orgIds: readonly string[],
  { issuedAt, expiresAt }: typeof UNDATED,
  isOfEnabledUser = false,
): AccessSubject {
  const hasLowerCaseIds = [userId, ...orgIds].every((id) => id === id.toLowerCase());
  return { userId, orgIds, hasLowerCaseIds, isOfEnabledUser, issuedAt, expiresAt };
}

/** The present access of a user, which narrows that of a credential. */
export interface PresentState {
  /** By an answer of PropelAuth; `undefined` if what the credential says still counts. */
  readonly state: UserState | undefined;
  /** Whether the user has no access to an organization of the credential any more. */
  readonly hasLost: (orgId: string) => boolean;
}

/** What the credential says counts. */
export const AS_ISSUED: PresentState = { state: undefined, hasLost: () => false };

/** An event of PropelAuth whose signature was verified, with its fields as they were sent. */
export interface AccessEvent {
  readonly event_type: string;
  readonly [field: string]: unknown;
}

/** Whose access changed; `unknown` where the event does not say. */
export type ChangedAccess =
  | { readonly subject: 'user'; readonly userId: string }
  | { readonly subject: 'org'; readonly orgId: string }
  | { readonly subject: 'unknown' };

/** Functions that are called when access changes. They must not throw. */
export interface AccessListener {
  readonly onChange: (change: ChangedAccess) => void;
  /** Called when changes may have been missed. */
  readonly onGap: () => void;
  /** Called again and again while changes may be missing, and until PropelAuth's answers contain what was missed. */
  readonly onDoubt: () => void;
}

/** Whose access an answer of PropelAuth is about. */
export interface Owners {
  readonly userId?: string | undefined;
  readonly orgId?: string | undefined;
}

/** When PropelAuth was asked. */
export interface TimeOfQuestion {
  /** By the clock of the instance that asked: seconds since 1970. */
  readonly askedAt: number;
  /** By the monotonic clock, if this process asked. */
  readonly askedHereAt: number | undefined;
}

/** The access that a decision was about, for a decision that still counts, such as one that allowed a stream. */
export interface DecidedAccess {
  readonly userId: string | undefined;
  /** The organizations that the decision was about; `any` when there are too many to keep. */
  readonly orgIds: ReadonlySet<string> | 'any';
  /** When the decision began, by the monotonic clock. */
  readonly decidedSince: number;
}

/**
 * Knows whose access has changed since a token was issued or PropelAuth was asked. Without the plugin `liveAccess()`, which has it, access
 * lasts as long as the token.
 *
 * - Users, MCP clients and own kinds: {@link mayConcern}, then {@link present}.
 * - Cached answers of PropelAuth: {@link isOutdated} and {@link hasChangedSince}.
 * - Open streams: {@link secondsUntilOutdated}, {@link listen}, and {@link present} where changes may be missing.
 */
export interface CurrentAccess {
  /** Whether the access of a credential may have changed, so that {@link present} has to be called. Allocates nothing. */
  mayConcern(subject: AccessSubject): boolean;

  /**
   * The present access of a credential.
   *
   * @returns a promise only if something has to be waited for
   * @throws {Rejection} `token_revoked` when the user is disabled or deleted, `propelauth_unavailable` when that is not known
   */
  present(subject: AccessSubject): PresentState | Promise<PresentState>;

  /**
   * Whether an answer of PropelAuth may be older than a change of its owners.
   *
   * @param time when PropelAuth was asked
   */
  isOutdated(time: TimeOfQuestion, owners: Owners): boolean;

  /**
   * Whether access of a user or an organization has changed, or may have, since a time.
   *
   * @param time by {@link now}
   */
  hasChangedSince(time: number, owners: Owners): boolean;

  /**
   * For how long a decision about a caller still counts: no longer, if access has changed since the decision began. If access had changed
   * just before that, PropelAuth may have answered with the old state, so the decision counts until the change has settled.
   *
   * @param access when the decision began, by {@link now}, and whose access it was about
   */
  secondsUntilOutdated(access: DecidedAccess): number;

  /** The time for {@link TimeOfQuestion.askedHereAt}. */
  readonly now: number;

  /** How many changes of access are known. An answer of PropelAuth that was requested before the last change may be outdated. */
  readonly changes: number;

  /** @param listener called after each change, once decisions already use it */
  listen(listener: AccessListener): void;
}
