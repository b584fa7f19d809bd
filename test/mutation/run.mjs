/*
 * `npm run test:mutation`: changes the code of a few folders in every small way that Stryker knows, and lists which changes no test
 * notices. `npm run test:mutation -- rejections` does so for one part; `--sample` tries a few changes of each part; `--check` reads the
 * reports of the last run instead.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { PARTS } from './parts.mjs';
import { compare, tally } from './survivors.mjs';

const MINIMUM_SCORE = 95;

const parameters = process.argv.slice(2);
const isSample = parameters.includes('--sample');
const named = parameters.filter((parameter) => !parameter.startsWith('--'));
const parts = named.length > 0 ? named : Object.keys(PARTS);
if (!parameters.includes('--check')) await mutateAll();

const reports = new Map(
  parts.filter((part) => existsSync(reportOf(part))).map((part) => [part, readReport(part)]),
);
const all = [...reports.values()].flat();
const explained = JSON.parse(readFileSync(new URL('survivors.json', import.meta.url), 'utf8'));
const { unexplained, noLonger } = compare(all, explained);
const scores = Object.fromEntries(
  [...reports, ['all', all]].map(([part, mutants]) => [part, tally(mutants)]),
);
console.table(scores);
print('These mutants survive without a reason in test/mutation/survivors.json:', unexplained);
// A sample leaves most of the mutants with a reason out, too, and has too few for a score.
if (!isSample) {
  print('These no longer survive. Remove them from test/mutation/survivors.json:', noLonger);
}
const isEnough = isSample || scores.all.score >= MINIMUM_SCORE;
if (!isEnough) console.error(`The score has to be at least ${MINIMUM_SCORE} %.`);
if (!isEnough || unexplained.length > 0) process.exitCode = 1;

/** One part after the other. Those of a sample are short, and each uses one processor. */
async function mutateAll() {
  const waiting = [...parts];
  const next = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) await mutate(part);
  };
  await Promise.all(Array.from({ length: isSample ? availableParallelism() : 1 }, next));
}

async function mutate(part) {
  const stryker = spawn(
    'test/mutation/node_modules/.bin/stryker',
    ['run', 'test/mutation/stryker.config.mjs', ...(isSample ? ['--concurrency', '1'] : [])],
    {
      stdio: 'inherit',
      env: { ...process.env, MUTATION_PART: part, ...(isSample && { MUTATION_SAMPLE: 'true' }) },
    },
  );
  const [status] = await once(stryker, 'exit');
  if (status !== 0) process.exit(1);
}

function reportOf(part) {
  return `reports/mutation/${part}.json`;
}

/** All mutants, each with its file and the code that it replaces. */
function readReport(part) {
  const { files } = JSON.parse(readFileSync(reportOf(part), 'utf8'));
  return Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants.map((mutant) => ({ ...mutant, file, source })),
  );
}

function print(title, lines) {
  if (lines.length > 0) console.log([title, ...lines].join('\n  '));
}
