/*
 * The CPU time of a server for one request, or the messages of one connection, with a header that a stranger has made expensive to read, and
 * with a usual one. `node bench/hostile-headers.mjs [directory of another build]`, after `npm run build`.
 */
import { once } from 'node:events';
import { request } from 'node:http';
import { endChild, nextMessage, startChild } from './child-process.mjs';
import { markdownTable } from './report/markdown-table.mjs';
import { median } from './statistics.mjs';

const RUNS = 5;
const FIELDS = 9_000;
const MESSAGES = 5_000;

const COOKIES = { usual: '', hostile: ';'.repeat(12_500) };
const ADDRESSES = { usual: '1', hostile: '1,'.repeat(6_500) };
/** Neither can be an API key, so that PropelAuth is not asked. */
const TEXTS = { usual: 'x'.repeat(1_100), hostile: '.'.repeat(15_000) };

const inCookie = (token, which) => ({ Cookie: `session=${token}${COOKIES[which]}` });

const ROWS = [
  { name: `${FIELDS} fields, a cookie`, field: 's', headers: inCookie },
  {
    name: `${FIELDS} fields, X-Forwarded-For, onDecision, trusted proxies`,
    field: 'u',
    headers: (token, which) => ({
      Authorization: `Bearer ${token}`,
      'X-Forwarded-For': ADDRESSES[which],
    }),
  },
  {
    name: `${FIELDS} fields, text after Bearer where API keys are accepted`,
    field: 'e',
    headers: (_token, which) => ({ Authorization: `Bearer ${TEXTS[which]}` }),
  },
].flatMap((row) => ['apollo', 'mercurius'].map((server) => ({ ...row, server })));

const SOCKET_ROWS = ['ws', 'socket.io'].map((server) => ({
  name: `${MESSAGES} messages, a cookie`,
  server,
  headers: inCookie,
}));

const root = process.argv[2];

async function measure(row, which) {
  const child = startChild({ execPath: process.execPath }, './servers/hostile-headers-server.mjs', {
    args: [row.server],
    root,
  });
  const { port, token } = await nextMessage(child);
  const headers = { ...row.headers(token, which), Origin: `http://127.0.0.1:${port}` };
  const send = row.field === undefined ? sendMessages : sendQuery;
  await send({ ...row, port, headers }, 100);
  child.send('start');
  await nextMessage(child);
  await send({ ...row, port, headers }, row.field === undefined ? MESSAGES : FIELDS);
  child.send('stop');
  const { milliseconds } = await nextMessage(child);
  await endChild(child);
  return milliseconds;
}

async function sendQuery({ port, field, headers }, count) {
  const aliases = Array.from({ length: count }, (_, index) => `a${index}:${field}`);
  const sent = request({
    host: '127.0.0.1',
    port,
    path: '/graphql',
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
  });
  sent.end(JSON.stringify({ query: `{${aliases.join(' ')}}` }));
  const [response] = await once(sent, 'response');
  const size = (await response.toArray()).reduce((sum, { length }) => sum + length, 0);
  if (response.statusCode !== 200) throw new Error(`${response.statusCode}, ${size} bytes`);
}

async function sendMessages({ server, port, headers }, count) {
  const { connect } = await import('./load/sockets.mjs');
  const socket = await connect(server, port, headers);
  for (let sent = 0; sent < count; sent++) await socket.ask();
  socket.close();
}

const lines = [];
for (const row of [...ROWS, ...SOCKET_ROWS]) {
  const times = { usual: [], hostile: [] };
  for (let run = 0; run < RUNS; run++) {
    for (const which of ['usual', 'hostile']) times[which].push(await measure(row, which));
  }
  const [usual, hostile] = [median(times.usual), median(times.hostile)];
  const figures = [usual, hostile].map((time) => `${Math.round(time)} ms`);
  lines.push([row.name, row.server, ...figures, (hostile / usual).toFixed(2)]);
}
console.log(markdownTable(['what', 'server', '>usual', '>hostile', '>ratio'], lines));
