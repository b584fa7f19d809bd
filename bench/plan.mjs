/** How long everything takes. The full run takes some seven minutes. */
const FULL = {
  quick: false,
  throughput: {
    rounds: 8,
    // Every round has new processes, and code is only compiled when it has run for a while.
    warmUp: turnsOf({ turns: 8, seconds: 0.3 }),
    measured: turnsOf({ turns: 5, seconds: 0.25 }),
  },
  hit: { batches: 2_000 },
  miss: { tokens: 6_000 },
  heap: { steps: [20_000, 100_000] },
  importTime: { runs: 15 },
};

/** Whether everything works, in less than a minute. The figures mean little. */
const QUICK = {
  quick: true,
  throughput: {
    rounds: 2,
    warmUp: turnsOf({ turns: 1, seconds: 0.3 }),
    measured: turnsOf({ turns: 2, seconds: 0.25 }),
  },
  hit: { batches: 200 },
  miss: { tokens: 300 },
  heap: { steps: [10_500, 12_000] },
  importTime: { runs: 3 },
};

/** Turns of a row, each on new connections, which are not counted until they are busy. */
function turnsOf({ turns, seconds }) {
  return { turns, connectionCount: 20, warmUpSeconds: 0.05, seconds };
}

export function planOf(commandLine) {
  return commandLine.includes('--quick') ? QUICK : FULL;
}
