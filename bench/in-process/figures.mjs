import { runMeasurement } from '../child-process.mjs';
import { median } from '../statistics.mjs';

const OWN_ENTRY = new URL('../../dist/index.js', import.meta.url).href;

const MEASUREMENTS = {
  hit: (node, { batches }) =>
    runMeasurement(node, './in-process/hit.mjs', { args: [String(batches)] }),
  miss: (node, { tokens }) =>
    runMeasurement(node, './in-process/miss.mjs', { args: [String(tokens)] }),
  importTime: measureImport,
};

/**
 * Measures what needs no server; each in a process of its own, one after the other.
 *
 * @returns for each measurement of the plan, by its name: what it found
 */
export async function measureInProcess(node, plan, report) {
  const figures = {};
  for (const [name, measure] of Object.entries(MEASUREMENTS)) {
    if (plan[name] === undefined) continue;
    report(name);
    figures[name] = await measure(node, plan[name]);
  }
  return figures;
}

async function measureImport(node, { runs }) {
  const times = [];
  // The first run is not counted: it finds the files on disk.
  for (let run = 0; run <= runs; run++) {
    const { milliseconds } = await runMeasurement(node, './in-process/import-time.mjs', {
      args: [OWN_ENTRY],
    });
    if (run > 0) times.push(milliseconds);
  }
  return { milliseconds: median(times) };
}
