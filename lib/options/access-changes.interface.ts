/**
 * A log that shares changes of access between the instances of a service, for {@link LiveAccessOptions.changes}. For a Redis stream, use
 * `redisAccessChanges()` of `nestjs-propelauth/redis`. Implement it for another log that keeps entries for at least an hour, and that every
 * instance can read from its first entry on.
 *
 * Entries are strings of at most 4,096 characters: changes, and heartbeats of the instances. The package signs them, and checks the signature of each entry that it reads. Entries
 * may be read twice and out of order.
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
   * Adds an entry to the log. The response to a webhook event waits for it.
   *
   * @param entry the string to store
   * @returns a promise that resolves once the entry is stored for all instances, including those that are offline now
   * @throws if the entry is not stored. The event then gets 503, as it does after three seconds without a result, and PropelAuth sends it
   * again
   */
  publish(entry: string): Promise<void>;

  /**
   * Starts to read entries. It is called once, when the application starts, and returns without waiting for a connection. After a failure
   * it retries until it is closed.
   *
   * @param listener the functions to call
   * @returns the follower, which is closed when the application shuts down
   */
  follow(listener: AccessChangesListener): AccessChangesFollower;
}

/**
 * The functions that {@link AccessChanges.follow} calls. They need no `this` and never throw.
 *
 * @publicApi
 */
export interface AccessChangesListener {
  /**
   * Receives an entry: first the stored entries of the log, then each new one, including those of this instance.
   *
   * @param entry the published string
   */
  readonly onChange: (entry: string) => void;

  /**
   * Reports that earlier entries may have been missed, but none from now on. Call it when following starts, after the stored entries, and
   * whenever entries turn out to be lost. All users with older tokens are then checked; at the start, only those whose tokens are older than
   * the heartbeats in the log account for.
   */
  readonly onGap: () => void;

  /**
   * Reports that no entry is missing until now: call it after each read of a log that you poll, at least twice a second, and also after a
   * failure in which nothing was lost. If you have called it, a second without it counts as a failure. A log that tells of its failures
   * itself need not call it; its instances publish no heartbeats.
   */
  readonly onCurrent: () => void;

  /**
   * Reports that the log cannot be read. Until the next `onGap()` or `onCurrent()`, PropelAuth is asked about each active user once a second,
   * and the health indicator shows `degraded`.
   *
   * @param error the cause. Only its `code` is shown
   */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The result of {@link AccessChanges.follow}.
 *
 * @publicApi
 */
export interface AccessChangesFollower {
  /**
   * Stops following, and closes its connections.
   *
   * @returns anything; a promise is awaited
   */
  close(): unknown;
}
