/** How late a change may count, beside the time that PropelAuth takes: the promise, and what a busy machine needs. */
const PROMISED_MILLISECONDS = 3_000;
const RESERVE_MILLISECONDS = 100;

/** Whether decisions about one user and one route were right, as their access and what the service knew of it changed. */
export class Judge {
  /** Since when access is as it is, and when the first event said so, which is later or never. */
  #states = [{ isAllowed: true, knownAt: -Infinity }];
  /** When events arrived that say that access is lost. They deny it for a moment, even late or twice. */
  #denials = [];
  #decisions = [];

  constructor(slowness) {
    this.allowance = PROMISED_MILLISECONDS + slowness.delay + slowness.lag + RESERVE_MILLISECONDS;
  }

  change(isAllowed) {
    const state = { isAllowed, knownAt: Infinity };
    this.#states.push(state);
    return state;
  }

  /** Notes that an event about a change is sent to an instance. */
  noteEvent(state) {
    const now = performance.now();
    state.knownAt = Math.min(state.knownAt, now);
    if (!state.isAllowed) this.#denials.push(now);
  }

  noteDecision(decision) {
    this.#decisions.push(decision);
  }

  get verdicts() {
    const wrong = this.#decisions.filter((decision) => !this.#isRight(decision));
    return {
      decisions: this.#decisions.length,
      wrongAccess: wrong.filter(({ status }) => status === 200).length,
      wrongRejections: wrong.filter(({ status }) => status !== 200).length,
    };
  }

  #isRight({ startedAt, endedAt, status }) {
    const isAllowed = status === 200;
    const mayHold = this.#states.some((state, index) => {
      const later = this.#states.slice(index + 1).map(({ knownAt }) => knownAt);
      return state.isAllowed === isAllowed && startedAt <= Math.min(...later) + this.allowance;
    });
    const isDenied = this.#denials.some(
      (time) => time <= endedAt && startedAt <= time + this.allowance,
    );
    return mayHold || (!isAllowed && isDenied);
  }
}
