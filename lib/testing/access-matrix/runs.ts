/** The result of a run, which knows whether the test looked at it. */
class RunResult<Result> extends Promise<Result> {
  isObserved = false;

  /** Promises that are derived from this one are ordinary ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- every promise has then(); this one notes that a test has called it
  override then<One = Result, Other = never>(
    ...listeners: Parameters<Promise<Result>['then']>
  ): Promise<One | Other> {
    this.isObserved = true;
    return super.then(...listeners) as Promise<One | Other>;
  }
}

/** The runs of `toHold()` in one application, one after the other: they share an emulator, and perhaps a server that is open for a while. */
export class Runs {
  #last: Promise<unknown> = Promise.resolve();
  readonly #results: RunResult<unknown>[] = [];

  /** Runs after all earlier runs have ended. */
  add<Result>(run: () => Promise<Result>): Promise<Result> {
    const running = this.#last.then(run);
    this.#last = running.catch(() => {});
    const result = new RunResult<Result>((resolve) => resolve(running));
    this.#results.push(result);
    return result;
  }

  /** The error for a test that has not awaited a run, whose findings it would not notice; `undefined` if all runs were awaited. */
  forgottenRun(): Error | undefined {
    const results = this.#results.splice(0);
    if (results.every(({ isObserved }) => isObserved)) return undefined;
    return new Error(
      'toHold() was not awaited, so the test passes whatever it finds. Write await expectAccess(app).toHold().',
    );
  }
}
