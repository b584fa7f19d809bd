import { median } from '../statistics.mjs';

const BATCH_SIZE = 200;

/**
 * The time of one call in nanoseconds: the median over batches, each timed as a whole.
 *
 * @param prepare makes the input of one call; not timed
 */
export function nanosecondsPerCall(batches, prepare, call) {
  const times = [];
  for (let batch = 0; batch < batches; batch++) {
    const inputs = Array.from({ length: BATCH_SIZE }, (_, index) => prepare(index));
    const start = process.hrtime.bigint();
    for (const input of inputs) call(input);
    times.push(Number(process.hrtime.bigint() - start) / BATCH_SIZE);
  }
  // The first ones ran before the compiler knew what matters.
  return median(times.slice(Math.floor(batches / 4)));
}
