import { endChild, nextMessage, startChild } from '../child-process.mjs';
import { MANY } from '../rows.mjs';
import { ROUTE } from '../servers/reports-application.mjs';
import { median } from '../statistics.mjs';
import { ISSUER, Issuer } from '../tokens/issuer.mjs';

/**
 * Measures the rows of a plan from one process of clients. They take short turns: whatever else the machine does in the meantime meets
 * all of them. Each round has new server processes: two of the same code can differ by some percent for as long as they live,
 * by where their memory lies and what the compiler saw first.
 *
 * @param node the Node.js that servers and clients run on
 * @returns for each row by id: the medians of all turns, and the turns
 */
export async function measureThroughput(node, plan, report) {
  const issuer = new Issuer();
  const many = await issuer.accessTokens(MANY);
  const tokens = { one: many.slice(0, 1), many };
  const clients = startChild(node, './load/load-process.mjs');
  const results = new Map(plan.rows.map(({ id }) => [id, []]));
  try {
    for (let round = 1; round <= plan.rounds; round++) {
      report(`round ${round} of ${plan.rounds}`);
      // Every other one in reverse: who is started earlier has a little less than who is started later.
      const rows = round % 2 === 1 ? plan.rows : plan.rows.toReversed();
      await runRound(node, rows, clients, { issuer, tokens, plan, results });
    }
  } finally {
    await endChild(clients);
  }
  return new Map([...results].map(([id, turns]) => [id, withMedians(turns)]));
}

async function runRound(node, rows, clients, { issuer, tokens, plan, results }) {
  const servers = [];
  try {
    for (const row of rows) servers.push({ row, ...(await startServer(node, row, issuer)) });
    const takeTurns = (turns, onResult) =>
      runTurns(servers, turns, async (server) =>
        onResult(server, await putLoadOn(server, clients, { tokens, ...turns })),
      );
    await takeTurns(plan.warmUp, () => {});
    await takeTurns(plan.measured, ({ row }, result) => results.get(row.id).push(result));
  } finally {
    for (const { child } of servers) await endChild(child);
  }
}

async function runTurns(servers, { turns }, takeTurn) {
  for (let turn = 0; turn < turns; turn++) {
    // Every other time in reverse, so that no row is always right after the same one.
    for (const server of turn % 2 === 0 ? servers : servers.toReversed()) await takeTurn(server);
  }
}

async function putLoadOn({ row, port }, clients, { tokens, ...load }) {
  const answer = nextMessage(clients);
  clients.send({ port, path: ROUTE, tokens: tokens[row.tokens], ...load });
  return await answer;
}

async function startServer(node, row, issuer) {
  const verification = { verifierKey: issuer.publicKeyPem, issuer: ISSUER };
  const child = startChild(node, './servers/server-process.mjs', {
    args: [row.adapter, `./${row.server}.mjs`, JSON.stringify(verification)],
  });
  const { port } = await nextMessage(child);
  return { child, port };
}

function withMedians(turns) {
  return {
    requestsPerSecond: median(turns.map(({ requestsPerSecond }) => requestsPerSecond)),
    p99Milliseconds: median(turns.map(({ p99Milliseconds }) => p99Milliseconds)),
    turns,
  };
}
