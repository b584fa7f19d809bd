/*
 * `npm run test:kills`: which mutants of lib/ the suites notice, a tenth of them all, chosen by a fixed seed. Node.js loads the sources once
 * for all suites of a process, so that it takes minutes where Stryker takes hours; a mutant that only runs while a source is loaded is left
 * out. `--share 0.1` is the share, `--write FILE` keeps the list, `--since FILE` tries those that FILE has as killed, and fails if one is not.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { instrument, sampleOf } from './mutants.mjs';

process.env.COMPILED_SOURCES = 'nestjs-propelauth-mutants';
const { compileAll } = await import('../../runner/compile-sources.mjs');
const { Suites } = await import('../suites.mjs');

/** In milliseconds: how long tests may take for a mutant that none of them notices. */
const BUDGET = 20_000;

const { values } = parseArgs({
  options: {
    share: { type: 'string', default: '0.1' },
    write: { type: 'string' },
    since: { type: 'string' },
    only: { type: 'string', multiple: true },
  },
});
const { sources, mutants } = await instrument();
await compileAll(sources);
const before = values.since && JSON.parse(readFileSync(values.since, 'utf8'));
const chosen = before
  ? mutants.filter(({ key }) => before.killed.includes(key))
  : sampleOf(mutants, Number(values.share));
const missing = before ? before.killed.filter((key) => !chosen.some((one) => one.key === key)) : [];
const byId = new Map(chosen.map((mutant) => [mutant.id, mutant]));
const left = new Map(chosen.map(({ id }) => [id, BUDGET]));
const killers = new Map();
const files = (await new Suites().find('test/runner/jest.kills.config.js'))
  .filter((file) => values.only === undefined || values.only.some((name) => file.includes(name)))
  .toSorted((a, b) => orderOf(a) - orderOf(b));
console.log(`${mutants.length} mutants, ${chosen.length} of them tried in ${files.length} suites`);
const errors = [];
const waiting = [...files];
await Promise.all(Array.from({ length: availableParallelism() }, work));

const compare = (a, b) => (a < b ? -1 : 1);
const keysOf = (ids) => Array.from(ids, (id) => byId.get(id).key).toSorted(compare);
const survivors = keysOf(left.keys());
const killed = keysOf(killers.keys());
console.log(`${killed.length} killed, ${survivors.length} not`);
for (const error of errors) console.error(`Not counted: ${error}`);
if (values.write !== undefined) {
  const by = Object.fromEntries([...killers].map(([id, file]) => [byId.get(id).key, file]));
  writeFileSync(values.write, `${JSON.stringify({ killed, survivors, by }, null, 1)}\n`);
}
if (before) {
  for (const key of [...survivors, ...missing]) console.error(`No longer killed: ${key}`);
  if (survivors.length + missing.length > 0) process.exitCode = 1;
}

/** Unit specs first: they are quick. */
function orderOf(file) {
  return file.startsWith('lib/') ? 0 : 1;
}

async function work() {
  let worker;
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    worker ??= await startWorker();
    const began = performance.now();
    worker.send({ file, left: Object.fromEntries(left) });
    const outcome = await Promise.race([once(worker, 'message'), once(worker, 'exit')]);
    const [{ killed: dead = [], tried = {}, error, isFull = true }] =
      typeof outcome[0] === 'object' && outcome[0] !== null
        ? outcome
        : [{ error: `${file}: ended` }];
    if (error !== undefined) errors.push(error.slice(0, 300));
    for (const id of dead.filter((one) => left.has(one))) {
      left.delete(id);
      killers.set(id, file);
    }
    for (const [id, time] of Object.entries(tried)) {
      if (left.has(id)) left.set(id, left.get(id) - time);
    }
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    console.log(`${file}: ${dead.length} killed, ${left.size} left, ${seconds} s`);
    if (!isFull) continue;
    worker.kill();
    worker = undefined;
  }
  worker?.kill();
}

async function startWorker() {
  const worker = fork(new URL('worker.mjs', import.meta.url), {
    execArgv: [
      '--max-old-space-size=3000',
      '--max-semi-space-size=64',
      '--disable-warning=ExperimentalWarning',
    ],
  });
  await once(worker, 'message');
  return worker;
}
