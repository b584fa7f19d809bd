import {
  ServiceUnavailableException,
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
import { ChangeEntries } from './change-entries.js';
import { LIMITS } from './limits.js';
import type { LiveAccess } from './live-access.js';

/** Svix waits 15 s for the response, and handlers need part of that time. */
const MAXIMUM_PUBLISHING_MILLISECONDS = 3_000;

/** How long startup waits for the stored changes. */
const MAXIMUM_START_MILLISECONDS = 2_000;

const FOLLOWING = 'liveAccess.changes: changes from other instances cannot be read';

/** Publishes changes of access to the other instances, and applies theirs. */
export class SharedChanges implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new LimitedLog();
  private readonly publishing = new Outage(
    'Changes of access are published to other instances again.',
  );
  private readonly following = new Outage(
    'Changes of access from other instances are read again. Users with older tokens are checked.',
  );
  private readonly entries: ChangeEntries;
  private follower: AccessChangesFollower | undefined;
  /** The last entry that could not be published. */
  private unpublished: string | undefined;
  private noteStart: () => void = () => {};
  /** Since when changes may have been missed, in milliseconds since the epoch; `undefined` while the instance follows all changes. */
  private behindSince: number | undefined = Date.now();

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

  /** How long changes of other instances may have been missed; 0 while the instance follows all changes. */
  get lagSeconds(): number {
    return this.behindSince === undefined ? 0 : Math.max(0, Date.now() - this.behindSince) / 1000;
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

  async onApplicationShutdown(): Promise<void> {
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
      onGap: () => {
        this.liveAccess.noteGap();
        this.behindSince = undefined;
        this.following.noteSuccess();
        this.noteStart();
        this.publishAgain();
      },
      onFailure: (error) => this.noteFailure(error),
    });
  }

  private noteFailure(error: unknown): void {
    this.behindSince ??= Date.now();
    this.following.noteFailure(
      `${FOLLOWING}${inParentheses(error)}`,
      'This instance only applies changes whose events it receives itself.',
    );
    this.noteStart();
  }

  private take(entry: string): void {
    const change = this.entries.open(entry);
    if (change !== 'forged') this.publishAgain();
    if (change === 'forged') {
      this.log.error(
        'liveAccess.changes returned a change that no instance of this service signed, so it is ignored. Set the same ' +
          'webhooks.secret in all instances, and let nothing else write to the store of the changes.',
      );
    } else if (change === 'unknown' || accessChangeOf(change.event) === undefined) {
      this.log.warn(
        'liveAccess.changes returned a change that this version does not know. All users with older tokens are checked.',
      );
      this.liveAccess.noteGap();
    } else if (!this.isExpired(change.knownAt)) {
      this.liveAccess.applyRemote(change.id, change.event, change.knownAt);
    }
  }

  /** Whether every token from before a change has expired. */
  private isExpired(knownAt: number): boolean {
    const age = systemClock.wallSeconds() - knownAt;
    return age > LIMITS.lifeSeconds + 2 * this.toleranceSeconds + LIMITS.settleSeconds;
  }
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
