/** The error of a missed deadline. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  constructor(readonly milliseconds: number) {
    super(`It took longer than ${milliseconds} ms`);
  }
}

/**
 * Waits for work that cannot be stopped. When the time is up its outcome no longer counts, whatever it is; the signal tells the work
 * to begin nothing new.
 *
 * @throws {DeadlineError} when the time is up
 */
export async function withinDeadline<Result>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const miss = () => controller.abort(new DeadlineError(milliseconds));
  // The connection that is waited for keeps the process alive; the clock need not.
  const timer = setTimeout(miss, milliseconds).unref();
  try {
    return await untilAborted(controller.signal, work(controller.signal));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for work that was given a signal and may go on regardless of it, as a `fetch` that is replaced does. Once the signal is aborted, the
 * outcome no longer counts.
 *
 * @throws the reason of the signal
 */
export function untilAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/**
 * Waits for a promise, but for no longer than this.
 *
 * @param promise one that is never rejected
 */
export async function settledWithin(promise: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}

/**
 * Pauses, unless a signal says that there is no point in going on.
 *
 * @throws the reason of the signal
 */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
