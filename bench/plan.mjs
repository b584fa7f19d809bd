import { REPEATED_TOKEN_ROWS, ROWS } from './rows.mjs';

/** What is measured, and how long: some eight minutes for each version of Node.js. */
const FULL = {
  throughput: {
    rows: ROWS,
    rounds: 8,
    // Every round has new processes, and code is only compiled when it has run for a while.
    warmUp: turnsOf({ turns: 4, seconds: 0.45 }),
    measured: turnsOf({ turns: 5, seconds: 0.25 }),
  },
  hit: { batches: 2_000 },
  miss: { tokens: 6_000 },
  importTime: { runs: 15 },
};

/** Whether everything works, in less than two minutes. The figures mean little. */
const QUICK = {
  throughput: {
    rows: ROWS,
    rounds: 2,
    warmUp: turnsOf({ turns: 1, seconds: 0.3 }),
    measured: turnsOf({ turns: 2, seconds: 0.25 }),
  },
  hit: { batches: 200 },
  miss: { tokens: 300 },
  importTime: { runs: 3 },
};

/** The parts of a plan that `--only` leaves, by name. */
const PARTS = {
  'repeated-token': ({ throughput }) => ({
    throughput: {
      ...throughput,
      rows: REPEATED_TOKEN_ROWS,
      rounds: Math.min(throughput.rounds, 4),
    },
  }),
  hit: ({ hit }) => ({ hit }),
};

/** Turns of a row, each on new connections, which are not counted until they are busy. */
function turnsOf({ turns, seconds }) {
  return { turns, connectionCount: 20, warmUpSeconds: 0.05, seconds };
}

/**
 * @param quick whether to hurry
 * @param only the name of the one part to measure; default: everything
 */
export function planOf({ quick, only }) {
  const plan = quick ? QUICK : FULL;
  if (only === undefined) return plan;
  if (!Object.hasOwn(PARTS, only)) {
    throw new Error(`--only takes one of: ${Object.keys(PARTS).join(', ')}`);
  }
  return PARTS[only](plan);
}
