const SHORTEST_MILLISECONDS = 60_000;

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/**
 * Holds back the timers that wait for a minute or longer, and runs them when the clock gets there. `Date` has to be stopped. Shorter timers
 * belong to the network, and go on as ever.
 */
export class LongTimers {
  private readonly timers = new Map<unknown, Timer>();

  constructor() {
    const { setTimeout: start, clearTimeout: stop } = globalThis;
    const startOrHold = (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) => {
      const handle = start(run, delay, ...args);
      if (delay < SHORTEST_MILLISECONDS) return handle;
      this.timers.set(handle, { at: Date.now() + delay, run: () => run(...args) });
      return handle.unref();
    };
    const forget = (handle: NodeJS.Timeout) => {
      this.timers.delete(handle);
      stop(handle);
    };
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(startOrHold as typeof setTimeout);
    jest.spyOn(globalThis, 'clearTimeout').mockImplementation(forget as typeof clearTimeout);
  }

  /** Lets time pass. */
  advance(milliseconds: number): void {
    const now = Date.now() + milliseconds;
    jest.setSystemTime(now);
    for (const [handle, { at, run }] of new Map(this.timers)) {
      if (at > now) continue;
      clearTimeout(handle as NodeJS.Timeout);
      run();
    }
  }
}
