/**
 * The clients, in their own process. Each message asks for one turn: requests on several connections to one server for some seconds, of
 * which the first are not counted. The response is how many requests were served each second. It ends with its parent.
 */
import process from 'node:process';
import { sendRequests } from './connection.mjs';

process.once('disconnect', () => process.exit());
process.on('message', (turn) => {
  void takeTurn(turn).then((requestsPerSecond) => process.send(requestsPerSecond));
});

async function takeTurn({ port, requests, connectionCount, uncountedSeconds, seconds }) {
  const prepared = requests.map((request) => Buffer.from(request, 'latin1'));
  const start = performance.now() + uncountedSeconds * 1_000;
  const end = start + seconds * 1_000;
  const times = [];
  const onResponse = () => {
    const now = performance.now();
    if (now >= start && now < end) times.push(now);
    return now < end;
  };
  await Promise.all(
    Array.from({ length: connectionCount }, (_, index) =>
      sendRequests(port, dealOut(prepared, index, connectionCount), onResponse),
    ),
  );
  // From the first to the last response, so that it is exact even for slow responses.
  return ((times.length - 1) / (times.at(-1) - times[0])) * 1_000;
}

/** The requests of one connection. No two connections share a request, unless there is only one. */
function dealOut(requests, connectionIndex, connectionCount) {
  if (requests.length < connectionCount) return requests;
  return requests.filter((_, index) => index % connectionCount === connectionIndex);
}
