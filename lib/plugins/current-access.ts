import type { UserClass } from '@propelauth/node-apis';
import type { Failure } from '../values/outage.js';
import type { NamedCache } from './observer.js';

/** An access token that was verified, and its times in seconds since 1970. */
export interface DatedToken {
  readonly user: UserClass;
  /** {@link hasLowerCaseIds} of the user. */
  readonly hasLowerCaseIds: boolean;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Whether all ids are in lower case, as PropelAuth writes them. Others have to be rewritten before they are compared. */
export function hasLowerCaseIds({ userId, orgIdToUserOrgInfo }: UserClass): boolean {
  const ids = [userId, ...Object.keys(orgIdToUserOrgInfo ?? {})];
  return ids.every((id) => id === id.toLowerCase());
}

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
 * A port of the core, which the plugin `liveAccess()` fills. It knows whose access has changed since a token was issued or PropelAuth was
 * asked. Without the plugin, access lasts as long as the token.
 */
export abstract class CurrentAccess {
  /**
   * The user of a verified token, with present access.
   *
   * @returns the user itself when nothing has to be waited for; else a promise
   * @throws {Rejection} `token_revoked` when the user is disabled or deleted, `propelauth_unavailable` when that is not known
   */
  abstract userOf(token: DatedToken): UserClass | Promise<UserClass>;

  /**
   * Whether events say that a user is disabled or deleted, or may be. For credentials that do not say when they were issued.
   */
  abstract mayBeDisabled(userId: string): boolean;

  /**
   * Whether an answer of PropelAuth may be older than a change of its owners.
   *
   * @param time when PropelAuth was asked
   */
  abstract isOutdated(time: TimeOfQuestion, owners: Owners): boolean;

  /**
   * Whether access of a user or an organization has changed, or may have, since a time.
   *
   * @param time by {@link now}
   */
  abstract hasChangedSince(time: number, owners: Owners): boolean;

  /**
   * For how long a decision about a caller still counts: no longer, if access has changed since the decision began. If access had changed
   * just before that, PropelAuth may have answered with the old state, so the decision counts until the change has settled.
   *
   * @param access when the decision began, by {@link now}, and whose access it was about
   */
  abstract secondsUntilOutdated(access: DecidedAccess): number;

  /** The time for {@link TimeOfQuestion.askedHereAt}. */
  abstract get now(): number;

  /** How many changes of access are known. An answer of PropelAuth that was requested before the last change may be outdated. */
  abstract get changes(): number;

  /** @param listener called after each change, once decisions already use it */
  abstract listen(listener: AccessListener): void;

  /**
   * Takes note of an event, here and in the other instances. Events may come late, twice and out of order.
   *
   * @param id its `svix-id`. An event that is sent again has the same one, and is ignored
   * @param event an event whose signature was verified. Those that do not change access are ignored
   * @param sentAt its `svix-timestamp`, which is the time of the attempt to deliver it: seconds since 1970
   * @returns a promise that is resolved when all instances have the change
   * @throws {ServiceUnavailableException} when the other instances cannot be told
   */
  abstract receive(id: string, event: AccessEvent, sentAt: number): Promise<void>;

  /** What currently fails in sharing changes with other instances, and since when; `undefined` when nothing fails. */
  abstract failure(): Failure | undefined;

  /** For how many seconds changes of other instances may have been missed; `undefined` if instances share no changes. */
  abstract get lagSeconds(): number | undefined;

  /** The caches of the plugin, with their counts. */
  abstract get caches(): readonly NamedCache[];
}
