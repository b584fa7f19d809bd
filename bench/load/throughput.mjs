import { endChild, nextMessage, startChild } from '../child-process.mjs';
import { MANY, ROWS } from '../rows.mjs';
import { ROUTE } from '../servers/reports-application.mjs';
import { median } from '../statistics.mjs';
import { ISSUER, Issuer } from '../tokens/issuer.mjs';

/**
 * Measures all rows from one process of clients. They take turns: whatever else the machine does in the meantime meets all of
 * them. Each turn is a new server process: two of the same code can differ by some percent for as long as they live, by where
 * their memory lies and what the compiler saw first.
 *
 * @returns for each row by id: the medians of all rounds, and the rounds
 */
export async function measureThroughput(plan, report) {
  const issuer = new Issuer();
  const many = await issuer.accessTokens(MANY);
  const tokens = { one: many.slice(0, 1), many };
  const clients = startChild('./load/load-process.mjs');
  const results = new Map(ROWS.map(({ id }) => [id, []]));
  try {
    for (let round = 1; round <= plan.rounds; round++) {
      report(`round ${round} of ${plan.rounds}`);
      // Every other round in reverse, so that no row is always right after the same one.
      for (const row of round % 2 === 1 ? ROWS : ROWS.toReversed()) {
        results.get(row.id).push(await takeTurn(clients, row, { issuer, tokens, plan }));
      }
    }
  } finally {
    await endChild(clients);
  }
  return new Map([...results].map(([id, rounds]) => [id, withMedians(rounds)]));
}

async function takeTurn(clients, row, { issuer, tokens, plan }) {
  const { child, port } = await startServer(row, issuer);
  try {
    const answer = nextMessage(clients);
    const { connectionCount, warmUpSeconds, seconds } = plan;
    clients.send({
      port,
      path: ROUTE,
      tokens: tokens[row.tokens],
      connectionCount,
      warmUpSeconds,
      seconds,
    });
    return await answer;
  } finally {
    await endChild(child);
  }
}

async function startServer(row, issuer) {
  const verification = { verifierKey: issuer.publicKeyPem, issuer: ISSUER };
  const child = startChild('./servers/server-process.mjs', {
    args: [`./${row.server}.mjs`, JSON.stringify(verification)],
  });
  const { port } = await nextMessage(child);
  return { child, port };
}

function withMedians(rounds) {
  return {
    requestsPerSecond: median(rounds.map(({ requestsPerSecond }) => requestsPerSecond)),
    p99Milliseconds: median(rounds.map(({ p99Milliseconds }) => p99Milliseconds)),
    rounds,
  };
}
