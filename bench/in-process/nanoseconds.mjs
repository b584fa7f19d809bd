import { median } from '../statistics.mjs';

const BATCH_SIZE = 200;

/**
 * The nanoseconds of one call of each of several functions: the median over batches, each timed as a whole. The functions take turns,
 * batch by batch. A promise is awaited before the next call.
 *
 * @param calls by name: `prepare` creates the input of one call, which is not timed; `run` is timed; `isRight` checks each result, so that
 * the compiler cannot leave out a call
 * @returns the times by the same names
 */
export async function nanosecondsPerCall(batches, calls) {
  const times = new Map(Object.keys(calls).map((name) => [name, []]));
  for (let batch = 0; batch < batches; batch++) {
    const names = Object.keys(calls);
    for (const name of batch % 2 === 0 ? names : names.toReversed()) {
      times.get(name).push((await nanosecondsOfBatch(calls[name])) / BATCH_SIZE);
    }
  }
  // In the first batches, the code was not yet compiled.
  const settled = Math.floor(batches / 4);
  return Object.fromEntries([...times].map(([name, all]) => [name, median(all.slice(settled))]));
}

async function nanosecondsOfBatch({ prepare, run, isRight }) {
  const inputs = Array.from({ length: BATCH_SIZE }, prepare);
  const start = process.hrtime.bigint();
  for (const input of inputs) {
    const returned = run(input);
    const result = returned instanceof Promise ? await returned : returned;
    if (!isRight(result)) throw new Error('A call has not returned what it should');
  }
  return Number(process.hrtime.bigint() - start);
}
