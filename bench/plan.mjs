/** How long everything takes. The full run stays under six minutes. */
const FULL = {
  quick: false,
  throughput: {
    rounds: 5,
    // Every turn is a new process, and code is only compiled when it has run for a while.
    warmUpSeconds: 3,
    seconds: 2,
    connectionCount: 20,
  },
  hit: { batches: 2_000 },
  miss: { tokens: 3_000 },
  heap: { steps: [20_000, 100_000] },
  importTime: { runs: 15 },
};

/** Whether everything works, in less than a minute. The figures mean little. */
const QUICK = {
  quick: true,
  throughput: {
    rounds: 2,
    warmUpSeconds: 0.3,
    seconds: 0.5,
    connectionCount: 20,
  },
  hit: { batches: 200 },
  miss: { tokens: 300 },
  heap: { steps: [10_500, 12_000] },
  importTime: { runs: 3 },
};

export function planOf(commandLine) {
  return commandLine.includes('--quick') ? QUICK : FULL;
}
