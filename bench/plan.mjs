/** How long everything is measured: less than nine minutes in all, on two cores. */
const FULL = {
  'known-token': httpPlan({ rounds: 3, seconds: 0.2 }),
  rules: {
    http: httpPlan({ rounds: 3, seconds: 0.2 }),
    // One request takes some milliseconds: fewer clients, longer turns.
    graphql: httpPlan({ rounds: 3, seconds: 0.6, turns: 3, warmUpTurns: 2, connectionCount: 4 }),
  },
  others: httpPlan({ rounds: 3, seconds: 0.2 }),
  'in-process': { runs: 3, batches: 1_000, blocks: 100 },
  import: { runs: 15 },
  startup: { runs: 5 },
  memory: { runs: 1, tokens: 1_000, marks: 100_000, batches: 1_000 },
};

const BRIEF = httpPlan({ rounds: 1, seconds: 0.2, warmUpTurns: 1, turns: 1 });

/** Everything briefly, to check that it works. The figures mean little. */
const QUICK = {
  'known-token': BRIEF,
  rules: { http: BRIEF, graphql: BRIEF },
  others: BRIEF,
  'in-process': { runs: 1, batches: 100, blocks: 8 },
  import: { runs: 1 },
  startup: { runs: 1 },
  memory: { runs: 1, tokens: 200, marks: 20_000, batches: 100 },
};

export function planOf({ quick }) {
  return quick ? QUICK : FULL;
}

/** Code is only compiled after it has run often. So turns do not count until a server has served enough requests. */
function httpPlan({ rounds, warmUpTurns = 10, turns = 5, seconds, connectionCount = 20 }) {
  const clients = { connectionCount, uncountedSeconds: 0.03 };
  return {
    rounds,
    warmUp: { ...clients, turns: warmUpTurns, seconds: seconds * 1.5, enough: 12_000 },
    measured: { ...clients, turns, seconds },
  };
}
