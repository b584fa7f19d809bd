import { median } from '../statistics.mjs';

const BATCH_SIZE = 200;

/**
 * The time of one call of each of several functions in nanoseconds: the median over batches, each timed as a whole. The functions
 * take turns, batch by batch.
 *
 * @param functions by name, of {@link call} or {@link awaitedCall}
 * @returns the times by the same names
 */
export async function nanosecondsPerCall(batches, functions) {
  const entries = Object.entries(functions).map(([name, each]) => ({ name, each, times: [] }));
  for (let batch = 0; batch < batches; batch++) {
    for (const { each, times } of batch % 2 === 0 ? entries : entries.toReversed()) {
      const inputs = Array.from({ length: BATCH_SIZE }, each.prepare);
      const start = process.hrtime.bigint();
      await each.callAll(inputs);
      times.push(Number(process.hrtime.bigint() - start) / BATCH_SIZE);
    }
  }
  // The first ones ran before the compiler knew what matters.
  const settled = Math.floor(batches / 4);
  return Object.fromEntries(entries.map(({ name, times }) => [name, median(times.slice(settled))]));
}

/**
 * A function that returns its result.
 *
 * @param prepare makes the input of one call; not timed
 * @param isRight looks at each result, so that no call can be left out
 */
export function call(prepare, timed, isRight) {
  return {
    prepare,
    callAll(inputs) {
      for (const input of inputs) mustBeRight(isRight(timed(input)));
    },
  };
}

/** The same, for a function that returns a promise. Each is awaited before the next call. */
export function awaitedCall(prepare, timed, isRight) {
  return {
    prepare,
    async callAll(inputs) {
      for (const input of inputs) mustBeRight(isRight(await timed(input)));
    },
  };
}

function mustBeRight(right) {
  if (!right) throw new Error('A call has not returned what it should');
}
