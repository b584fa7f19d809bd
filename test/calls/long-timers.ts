const SHORTEST_MILLISECONDS = 60_000;

interface Timer {
  readonly at: number;
  readonly handle: NodeJS.Timeout;
  run(): void;
}

/**
 * Holds back the timers that wait for a minute or longer, and runs them when the clock gets there. `Date` has to be stopped. Shorter timers
 * belong to the network, and go on as ever.
 */
export class LongTimers {
  private readonly timers: Timer[] = [];

  constructor() {
    const { setTimeout: start } = globalThis;
    const holdBack = (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) => {
      const handle = start(run, delay, ...args);
      if (delay < SHORTEST_MILLISECONDS) return handle;
      this.timers.push({ at: Date.now() + delay, handle, run: () => run(...args) });
      return handle.unref();
    };
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(holdBack as typeof setTimeout);
  }

  /** Lets time pass. */
  advance(milliseconds: number): void {
    const now = Date.now() + milliseconds;
    jest.setSystemTime(now);
    for (const { at, handle, run } of [...this.timers]) {
      // Node.js notes on a timer that it was cleared.
      if (at > now || (handle as { _destroyed?: boolean })._destroyed === true) continue;
      clearTimeout(handle);
      run();
    }
  }
}
