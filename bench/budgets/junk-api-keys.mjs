/** How many of 30 good API keys are served while 60 connections bring junk, and PropelAuth takes 200 ms for each answer. */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { announce, decorate, load, propelAuth, report, start } from './build-under-test.mjs';
import { startPropelAuth } from './propelauth-server.mjs';

const { Controller, Get } = await load('@nestjs/common');

const JUNK_CONNECTIONS = 60;
const GOOD_KEYS = 30;

class ScriptsController {
  run() {
    return 'ok';
  }
}
decorate(ScriptsController, 'run', propelAuth.RequireApiKey(), Get());
Controller('scripts')(ScriptsController);

announce('good API keys served beside junk');
await startPropelAuth({ isKnown: (key) => key.startsWith('good'), milliseconds: 200 });
const port = await start({ controllers: [ScriptsController] });

const over = new AbortController();
let junk = 0;
const agents = Array.from({ length: JUNK_CONNECTIONS }, () => new Agent({ keepAlive: true }));
const flood = agents.map(async (agent) => {
  while (!over.signal.aborted) await statusOf(`junk-${junk++}`, '127.0.0.2', agent);
});
await wait(1_000);
const figures = {};
for (const [where, address] of [
  ['from another address', '127.0.0.1'],
  ['from the same address', '127.0.0.2'],
]) {
  const statuses = await Promise.all(
    Array.from({ length: GOOD_KEYS }, (_, index) => statusOf(`good-${address}-${index}`, address)),
  );
  const served = statuses.filter((status) => status === 200).length;
  figures[`good API keys served beside junk ${where}`] = `${served} of ${GOOD_KEYS}`;
}
over.abort();
await Promise.all(flood);
report(figures);

async function statusOf(key, localAddress, agent) {
  const headers = { 'x-api-key': key };
  const [response] = await once(
    get({ host: '127.0.0.1', port, path: '/scripts', headers, localAddress, agent }),
    'response',
  );
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}
