/** The time by which timers go. */
let latest: SimulatedTime;

const simulatedTimers = {
  setTimeout: (run: () => void, milliseconds = 0) => latest.after(milliseconds / 1_000, run),
  clearTimeout: (timer: unknown) => latest.cancel(timer),
};

/** Lets `setTimeout()` go by the latest simulated time, in all tests of a suite. Spies would keep each call: a simulation has millions. */
export function simulateTimeouts(): void {
  const { setTimeout, clearTimeout } = globalThis;
  beforeEach(() => void Object.assign(globalThis, simulatedTimers));
  afterEach(() => void Object.assign(globalThis, { setTimeout, clearTimeout }));
}

/** Time from now on, by which timers go. */
export function startTime(): SimulatedTime {
  latest = new SimulatedTime();
  return latest;
}

/** Time that passes only when a test says so, in seconds. */
export class SimulatedTime {
  now = 0;
  private tasks: { time: number; run: () => void }[] = [];

  /** Does something after so many seconds. */
  after(seconds: number, run: () => void): object {
    const task = { time: this.now + seconds, run };
    this.tasks.push(task);
    return task;
  }

  /** Ends the wait of a timer. */
  cancel(timer: unknown): void {
    this.tasks = this.tasks.filter((task) => task !== timer);
  }

  /** Settles after so many seconds. */
  sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => this.after(seconds, resolve));
  }

  /** Lets time pass, and everything happen that is due until then. */
  async pass(seconds: number): Promise<void> {
    const end = this.now + seconds;
    for (let task = this.takeNext(end); task !== undefined; task = this.takeNext(end)) {
      this.now = task.time;
      task.run();
      await settled();
    }
    this.now = end;
    await settled();
  }

  /** The earliest task, of several the one that was planned first. */
  private takeNext(end: number): { time: number; run: () => void } | undefined {
    const due = this.tasks.filter(({ time }) => time <= end);
    const [next] = due.toSorted((one, other) => one.time - other.time);
    this.tasks = this.tasks.filter((task) => task !== next);
    return next;
  }
}

/** Until all is done that waits for nothing: a question is sent in a turn of its own, and there may be another. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
