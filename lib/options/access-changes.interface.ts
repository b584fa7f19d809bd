/**
 * Tells the instances of a service of each other's changes of access, for {@link LiveAccessOptions.changes}. `redisAccessChanges()` of
 * `nestjs-propelauth/redis` is one. Write one of your own for another log or queue that every instance can read from the beginning of what it keeps.
 *
 * Entries are texts of at most 4,096 characters. The package signs them and checks them, so the log need not be trusted with that. An entry may be
 * told twice and out of order.
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
   * Keeps a change for all instances. An event of PropelAuth gets 2xx only after it.
   *
   * @param entry the change
   * @returns a promise that is resolved when the entry is kept for all instances, also for those that cannot be reached now
   * @throws when it is not kept: the event gets 503, and PropelAuth sends it again. The same happens after three seconds
   */
  publish(entry: string): Promise<void>;

  /**
   * Begins to tell of changes. It is called once, when the application starts, and must not wait for a connection. After a failure it tries again by
   * itself, until it is closed.
   *
   * @param listener what to call
   * @returns what ends it. It is closed when the application shuts down
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
   * Tells of a change: of those that other instances publish, and of those that are kept from before. Those of this instance may be among them.
   *
   * @param entry what was published
   */
  readonly onChange: (entry: string) => void;

  /**
   * Tells that from now on every change is told, and that earlier ones may have been missed: when following begins, again after each failure, and
   * whenever changes turn out to be lost. What is kept from before should be told first. All users with older tokens are checked.
   */
  readonly onGap: () => void;

  /**
   * Tells that changes cannot be followed now. The health indicator says `degraded` until the next `onGap()`.
   *
   * @param error why. Only its `code` is shown
   */
  readonly onFailure: (error: unknown) => void;
}

/**
 * What ends {@link AccessChanges.follow}.
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
