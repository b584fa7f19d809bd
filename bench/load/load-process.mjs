/**
 * The clients, in a process of their own. Each message asks for one turn: requests on many connections to one server for
 * some seconds, the first of them (to warm up) uncounted. The answer is how many requests were answered and how fast.
 * It ends with its parent.
 */
import process from 'node:process';
import { percentile } from '../statistics.mjs';
import { Connection } from './connection.mjs';

process.once('disconnect', () => process.exit());
process.on('message', (turn) => {
  void takeTurn(turn).then((result) => process.send(result));
});

async function takeTurn({ port, path, tokens, connectionCount, warmUpSeconds, seconds }) {
  const requests = tokens.map((token) => createRequest(port, path, token));
  const connections = await Promise.all(
    Array.from({ length: connectionCount }, (_, index) =>
      Connection.open(port, dealOut(requests, index, connectionCount)),
    ),
  );
  const start = performance.now() + warmUpSeconds * 1_000;
  const end = start + seconds * 1_000;
  const latencies = [];
  const onAnswer = (latency) => {
    const now = performance.now();
    if (now >= start && now < end) latencies.push(latency);
    return now < end;
  };
  await Promise.all(connections.map((connection) => connection.run(onAnswer)));
  for (const connection of connections) connection.close();
  return {
    requestsPerSecond: latencies.length / seconds,
    p99Milliseconds: percentile(latencies, 0.99),
  };
}

/** The hand of one connection: no two of them have a request in common, unless there is only one. */
function dealOut(requests, connectionIndex, connectionCount) {
  if (requests.length < connectionCount) return requests;
  return requests.filter((_, index) => index % connectionCount === connectionIndex);
}

function createRequest(port, path, token) {
  return Buffer.from(
    [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: keep-alive',
      'Accept: application/json',
      'User-Agent: nestjs-propelauth-bench',
      `Authorization: Bearer ${token}`,
      '\r\n',
    ].join('\r\n'),
    'latin1',
  );
}
