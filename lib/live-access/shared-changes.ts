import {
  ServiceUnavailableException,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import {
  type AccessChanges,
  type AccessChangesFollower,
  type AccessEvent,
  type Failure,
  inParentheses,
  LimitedLog,
  Outage,
  type ResolvedOptions,
  systemClock,
  withinDeadline,
} from '../extend.js';
import { accessChangeOf } from './access-change.js';
import type { LiveAccessOptions } from './live-access-options.js';
import { ChangeEntries, isHeartbeat, type Entry } from './change-entries.js';
import { Continuity } from './continuity.js';
import { LIMITS } from './limits.js';
import type { LiveAccess } from './live-access.js';

/** Svix waits 15 s for the response, and handlers need part of that time. */
const MAXIMUM_PUBLISHING_MILLISECONDS = 3_000;

/** How long startup waits for the stored changes. */
const MAXIMUM_START_MILLISECONDS = 2_000;

/** How often open streams are checked while changes may be missing. */
const CHECK_MILLISECONDS = 250;

const FOLLOWING = 'liveAccess.changes: changes from other instances cannot be read';

/** Publishes changes of access to the other instances, and applies theirs. */
export class SharedChanges implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new LimitedLog();
  private readonly publishing = new Outage(
    'Changes of access are published to other instances again.',
  );
  private readonly following = new Outage('Changes of access from other instances are read again.');
  private readonly entries: ChangeEntries;
  private follower: AccessChangesFollower | undefined;
  /** The last entry that could not be published. */
  private unpublished: string | undefined;
  private noteStart: () => void = () => {};
  private readonly continuity = new Continuity();
  private checking: NodeJS.Timeout | undefined;
  /** Until when PropelAuth may answer without the changes that were missed, by the monotonic clock. */
  private unsettledUntil = -Infinity;
  /** The last heartbeat of this instance. */
  private lastHeartbeat: string | undefined;
  /** Whether this instance receives events. */
  private isListening = false;

  // A private field, so that printing this object does not print a connection and its password.
  readonly #changes: AccessChanges;

  constructor(
    changes: AccessChanges,
    private readonly liveAccess: LiveAccess,
    webhookSecrets: readonly string[],
    private readonly toleranceSeconds: number,
  ) {
    this.#changes = changes;
    this.entries = new ChangeEntries(webhookSecrets);
  }

  /** The current failure; `undefined` if everything works. */
  failure(): Failure | undefined {
    return this.following.failure ?? this.publishing.failure;
  }

  /**
   * Publishes an event to the other instances, if it changes access.
   *
   * @param id as for {@link LiveAccess.apply}
   * @param sentAt as for {@link LiveAccess.apply}
   * @returns a promise that resolves when the change is stored for all instances
   * @throws {ServiceUnavailableException} if the change cannot be stored
   */
  async publish(id: string, event: AccessEvent, sentAt: number): Promise<void> {
    if (accessChangeOf(event) === undefined) return;
    const knownAt = Math.max(systemClock.wallSeconds(), sentAt);
    const entry = this.entries.seal({ id, event, knownAt });
    if (!(await this.isPublished(entry))) throw new ServiceUnavailableException();
  }

  /** Waits for the stored changes, up to the maximum, so that the first calls are decided with them. */
  async onModuleInit(): Promise<void> {
    const started = new Promise<void>((resolve) => (this.noteStart = resolve));
    this.follow();
    await withinDeadline(MAXIMUM_START_MILLISECONDS, () => started).catch((error: unknown) =>
      this.noteFailure(error),
    );
  }

  onApplicationBootstrap(): void {
    this.isListening = true;
    this.checking = setInterval(() => this.checkStreams(), CHECK_MILLISECONDS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.checking);
    await this.follower?.close();
  }

  private async isPublished(entry: string): Promise<boolean> {
    try {
      await withinDeadline(MAXIMUM_PUBLISHING_MILLISECONDS, async () =>
        this.#changes.publish(entry),
      );
      this.unpublished = undefined;
      this.publishing.noteSuccess();
      return true;
    } catch (error) {
      this.unpublished = entry;
      // PropelAuth sends the event again, but nobody knows when.
      this.continuity.noteBreak(systemClock.wallSeconds());
      this.publishing.noteFailure(
        `liveAccess.changes: a change cannot be published${inParentheses(error)}`,
        'Events that change access return 503, and PropelAuth sends them again.',
      );
      return false;
    }
  }

  /** Publishes the failed entry again, to learn whether publishing works. PropelAuth may send the event to another instance next time. */
  private publishAgain(): void {
    const entry = this.unpublished;
    this.unpublished = undefined;
    if (entry !== undefined) void this.isPublished(entry);
  }

  private follow(): void {
    this.follower = this.#changes.follow({
      onChange: (entry) => this.take(entry),
      // Without a word about earlier entries, they may be missing.
      onCurrent: () => (this.hasStarted ? this.noteCurrent(true) : this.noteGap()),
      onGap: () => this.noteGap(),
      onFailure: (error) => this.noteFailure(error),
    });
  }

  private noteGap(): void {
    const now = systemClock.wallSeconds();
    if (this.hasStarted) this.continuity.noteBreak(now);
    this.doubtTokensUntil(this.hasStarted ? now : this.continuity.start(now));
    this.noteCurrent(false);
    this.noteStart();
  }

  private get hasStarted(): boolean {
    return this.continuity.since !== undefined;
  }

  /** @param time in seconds since 1970 */
  private doubtTokensUntil(time: number): void {
    // One check of the streams comes later than that.
    this.unsettledUntil =
      systemClock.monotonicSeconds() + LIMITS.settleSeconds + CHECK_MILLISECONDS / 1000;
    this.liveAccess.noteGap(time);
  }

  private checkStreams(): void {
    const isUnsettled = systemClock.monotonicSeconds() <= this.unsettledUntil;
    if (isUnsettled || this.liveAccess.lag?.isBehind === true) this.liveAccess.noteDoubt();
  }

  /** Notes that all entries until now have been read. */
  private noteCurrent(isPolled: boolean): void {
    this.liveAccess.lag?.noteCurrent(isPolled);
    this.following.noteSuccess();
    this.publishAgain();
    if (this.isListening) void this.beat();
  }

  /** Publishes a heartbeat if it is time. Without one, others only ask more. */
  private async beat(): Promise<void> {
    const heartbeat = this.continuity.nextHeartbeat();
    if (heartbeat === undefined) return;
    const entry = this.entries.seal(heartbeat);
    this.lastHeartbeat = entry;
    await withinDeadline(MAXIMUM_PUBLISHING_MILLISECONDS, async () =>
      this.#changes.publish(entry),
    ).catch(() => this.continuity.noteUnpublished(heartbeat));
  }

  private noteFailure(error: unknown): void {
    this.liveAccess.lag?.noteFailure();
    this.following.noteFailure(
      `${FOLLOWING}${inParentheses(error)}`,
      'PropelAuth is asked about each active user once a second.',
    );
    this.noteStart();
  }

  private take(entry: string): void {
    const opened = this.entries.open(entry);
    if (opened !== 'forged') this.publishAgain();
    if (opened === 'forged') {
      this.log.error(
        'liveAccess.changes returned a change that no instance of this service signed, so it is ignored. Set the same ' +
          'webhooks.secret in all instances, and let nothing else write to the store of the changes.',
      );
    } else if (opened === 'unknown' || isUnknown(opened)) {
      this.log.warn(
        'liveAccess.changes returned a change that this version does not know. All users with older tokens are checked.',
      );
      this.doubtTokensUntil(systemClock.wallSeconds());
    } else if (isHeartbeat(opened)) {
      this.continuity.read(opened);
      // What another instance misses may have been lost before this one could read it.
      const isNews = this.hasStarted && entry !== this.lastHeartbeat;
      if (opened.isBreak && isNews) this.doubtTokensUntil(opened.since);
    } else if (!this.isExpired(opened.knownAt)) {
      this.liveAccess.applyRemote(opened.id, opened.event, opened.knownAt);
    }
  }

  /** Whether every token from before a change has expired. */
  private isExpired(knownAt: number): boolean {
    const age = systemClock.wallSeconds() - knownAt;
    return age > LIMITS.lifeSeconds + 2 * this.toleranceSeconds + LIMITS.settleSeconds;
  }
}

/** Whether an entry tells of an event that this version does not know. */
function isUnknown(entry: Entry): boolean {
  return !isHeartbeat(entry) && accessChangeOf(entry.event) === undefined;
}

/** @param liveAccess the service; `undefined`, like its options, if the plugin's factory returned `false` */
export function createSharedChanges(
  { changes }: LiveAccessOptions = {},
  options: ResolvedOptions,
  liveAccess: LiveAccess | undefined,
): SharedChanges | undefined {
  if (changes === undefined || liveAccess === undefined) return undefined;
  return new SharedChanges(
    changes,
    liveAccess,
    options.readWebhookSecrets(),
    options.clockToleranceSeconds,
  );
}
