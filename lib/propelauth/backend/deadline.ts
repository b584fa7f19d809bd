export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  constructor(readonly milliseconds: number) {
    super(`It took longer than ${milliseconds} ms`);
  }
}

/**
 * Waits for work that cannot be stopped. After the deadline the outcome is ignored, and the signal tells the work to begin nothing new.
 *
 * @throws {DeadlineError} when the time is up
 */
export async function withinDeadline<Result>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const miss = () => controller.abort(new DeadlineError(milliseconds));
  // The timer does not keep the process alive; the connection does.
  const timer = setTimeout(miss, milliseconds).unref();
  try {
    return await untilAborted(controller.signal, work(controller.signal));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for work that may ignore its signal, as a replaced `fetch` does. Once the signal is aborted, the outcome is ignored.
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
 * Pauses until the time is up or the signal is aborted.
 *
 * @throws the reason of the signal
 */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  try {
    await (signal === undefined ? time : untilAborted(signal, time));
  } finally {
    clearTimeout(timer);
  }
}
