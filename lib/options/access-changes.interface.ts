/**
 * A log by which the instances of a service tell each other of changes of access, for {@link LiveAccessOptions.changes}. For a Redis
 * stream, use `redisAccessChanges()` of `nestjs-propelauth/redis`. Write one of your own for another log that keeps entries for at least
 * an hour, and that every instance can read from its first entry on.
 *
 * Entries are texts of at most 4,096 characters. The package signs them, and checks the signature of each entry that it reads. Entries may be
 * read twice and out of order.
 *
 * @example
 * ```ts
 * interface Log {
 *   append(text: string): Promise<void>;
 *   read(handlers: { connected(): void; entry(text: string): void; lost(error: Error): void }): { stop(): Promise<void> };
 * }
 *
 * function changesIn(log: Log): AccessChanges {
 *   return {
 *     publish: (entry) => log.append(entry),
 *     follow: ({ onChange, onGap, onFailure }) => {
 *       const reader = log.read({ connected: onGap, entry: onChange, lost: onFailure });
 *       return { close: () => reader.stop() };
 *     },
 *   };
 * }
 * ```
 *
 * @publicApi
 */
export interface AccessChanges {
  /**
   * Adds an entry to the log. The response to an event of PropelAuth waits for it.
   *
   * @param entry the text to keep
   * @returns a promise that is resolved when the entry is kept for all instances, also for those that cannot be reached now
   * @throws when the entry is not kept. The event gets 503, as after three seconds, and PropelAuth sends it again
   */
  publish(entry: string): Promise<void>;

  /**
   * Begins to read entries. It is called once, when the application starts, and returns without waiting for a connection. After a failure
   * it tries again by itself, until it is closed.
   *
   * @param listener what to call
   * @returns what stops it. It is closed when the application shuts down
   */
  follow(listener: AccessChangesListener): AccessChangesFollower;
}

/**
 * What {@link AccessChanges.follow} calls. The functions need no `this` and never throw.
 *
 * @publicApi
 */
export interface AccessChangesListener {
  /**
   * Receives an entry: first those that the log has kept, then each new one. Entries of this instance may be among them.
   *
   * @param entry the text that was published
   */
  readonly onChange: (entry: string) => void;

  /**
   * From this call on, no entry is missed, but earlier ones may have been. Call it when following begins, after the entries that the log
   * has kept, again after each failure, and whenever entries turn out to be lost. All users with older tokens are then checked.
   */
  readonly onGap: () => void;

  /**
   * The log cannot be read now. The health indicator says `degraded` until the next `onGap()`.
   *
   * @param error the cause. Only its `code` is shown
   */
  readonly onFailure: (error: unknown) => void;
}

/**
 * What {@link AccessChanges.follow} returns.
 *
 * @publicApi
 */
export interface AccessChangesFollower {
  /**
   * Stops following, and closes what was opened for it.
   *
   * @returns anything; a promise is waited for
   */
  close(): unknown;
}
