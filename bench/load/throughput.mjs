import { endChild, nextMessage, startChild } from '../child-process.mjs';
import { leftOut } from '../in-turn.mjs';
import { Issuer } from '../tokens/issuer.mjs';
import { checkServer, createRequests } from './requests.mjs';

/** How many tokens a row with `tokens: 'many'` gets. */
const MANY = 1_500;

/**
 * Measures rows from one process of clients. The servers take short turns: if the machine is slower for a while, this affects all of them.
 * Each round has new server processes: two with the same code can differ by some percent while they live, depending on where their
 * memory lies and what the compiler saw first.
 *
 * @param node the Node.js that servers and clients run on
 * @param rows each has an `id`, what its server process needs, and `tokens`. One with `mayFail` is left out when its server fails
 * @param plan the number of rounds, and the turns of a round
 * @returns for each row by id: the requests per second of its turns
 */
export async function measureThroughput(node, rows, { rounds, ...turns }, { notes, progress }) {
  const issuer = new Issuer();
  const many = await issuer.accessTokens(MANY);
  const tokens = { one: many.slice(0, 1), many };
  const clients = startChild(node, './load/load-process.mjs');
  const results = new Map(rows.map(({ id }) => [id, []]));
  try {
    for (let round = 1; round <= rounds; round++) {
      progress(`Node.js ${node.version}, round ${round} of ${rounds}`);
      const measured = rows.filter(({ id }) => results.has(id));
      // Every second round in reverse: a server that starts earlier has a small advantage.
      const ordered = round % 2 === 1 ? measured : measured.toReversed();
      await runRound(node, ordered, clients, { issuer, tokens, turns, results, notes });
    }
  } finally {
    await endChild(clients);
  }
  return results;
}

async function runRound(node, rows, clients, { issuer, tokens, turns, results, notes }) {
  const children = rows.map((row) => startServer(node, row, issuer));
  try {
    const started = await Promise.allSettled(children.map(nextMessage));
    const servers = [];
    for (const [index, row] of rows.entries()) {
      try {
        servers.push(await prepareServer(row, started[index], tokens));
      } catch (error) {
        if (!row.mayFail) throw error;
        notes.push(leftOut(row, error));
        results.delete(row.id);
      }
    }
    await runTurns(servers, clients, turns.warmUp, () => {});
    await runTurns(servers, clients, turns.measured, (id, rate) => results.get(id).push(rate));
  } finally {
    await Promise.all(children.map(endChild));
  }
}

function startServer(node, row, issuer) {
  const args = [JSON.stringify({ ...row, verification: issuer.verification })];
  return startChild(node, './servers/server-process.mjs', { args, root: row.root });
}

async function prepareServer({ id, tokens: which = 'one', isOpen = false }, started, tokens) {
  if (started.status === 'rejected') throw started.reason;
  const server = started.value;
  await checkServer(server, tokens.one, { isOpen });
  return { id, port: server.port, requests: createRequests(server, tokens[which]) };
}

/** @param enough a server that has served so many requests gets no further turn */
async function runTurns(servers, clients, { turns, enough = Infinity, ...load }, onResult) {
  const served = new Map(servers.map(({ id }) => [id, 0]));
  for (let turn = 0; turn < turns; turn++) {
    const remaining = servers.filter(({ id }) => served.get(id) < enough);
    // Every second time in reverse, so that no row always follows the same one.
    for (const { id, port, requests } of turn % 2 === 0 ? remaining : remaining.toReversed()) {
      const result = nextMessage(clients);
      clients.send({ port, requests, ...load });
      const rate = await result;
      served.set(id, served.get(id) + rate * load.seconds);
      onResult(id, rate);
    }
  }
}
