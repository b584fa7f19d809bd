import { runMeasurement } from '../child-process.mjs';
import { median } from '../statistics.mjs';

const OWN_ENTRY = new URL('../../dist/index.js', import.meta.url).href;

/** Measures what needs no server; each in a process of its own, one after the other. */
export async function measureInProcess(plan, report) {
  report('hit');
  const hit = await runMeasurement('./in-process/hit.mjs', { args: [String(plan.hit.batches)] });
  report('miss');
  const miss = await runMeasurement('./in-process/miss.mjs', { args: [String(plan.miss.tokens)] });
  report('heap');
  const heap = await runMeasurement('./in-process/heap.mjs', {
    args: plan.heap.steps.map(String),
    nodeOptions: ['--expose-gc'],
  });
  report('import');
  const importMilliseconds = await measureImport(plan.importTime.runs);
  return { hit, miss, heap, importMilliseconds };
}

async function measureImport(runs) {
  const times = [];
  // The first run is not counted: it finds the files on disk.
  for (let run = 0; run <= runs; run++) {
    const { milliseconds } = await runMeasurement('./in-process/import-time.mjs', {
      args: [OWN_ENTRY],
    });
    if (run > 0) times.push(milliseconds);
  }
  return median(times);
}
