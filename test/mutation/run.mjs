/*
 * `npm run test:mutation`: changes the code of a few folders in every small way that Stryker knows, and lists which changes no test
 * notices. `npm run test:mutation -- refusals` does so for one folder; `--check` reads the reports of the last run instead.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { FOLDERS } from './folders.mjs';
import { compare, undetectedIn, tally } from './survivors.mjs';

const MINIMUM_SCORE = 90;

const parameters = process.argv.slice(2);
const named = parameters.filter((parameter) => !parameter.startsWith('--'));
const folders = named.length > 0 ? named : Object.keys(FOLDERS);
if (!parameters.includes('--check')) folders.forEach(mutate);

const reports = folders.filter((folder) => existsSync(reportOf(folder))).map(readReport);
const explained = JSON.parse(readFileSync(new URL('survivors.json', import.meta.url), 'utf8'));
const { unexplained, noLonger } = compare(reports.flatMap(undetectedIn), explained, folders);
const scores = [...reports, reports.flat()].map(tally);
console.table(Object.fromEntries(scores.map((score, index) => [folders[index] ?? 'all', score])));
print('These mutants survive without a reason in test/mutation/survivors.json:', unexplained);
print('These no longer survive. Remove them from test/mutation/survivors.json:', noLonger);
const isEnough = scores.every(({ score }) => score >= MINIMUM_SCORE);
if (!isEnough) console.error(`The score has to be at least ${MINIMUM_SCORE} %.`);
if (!isEnough || unexplained.length > 0) process.exitCode = 1;

function mutate(folder) {
  const { status } = spawnSync('npx', ['stryker', 'run'], {
    stdio: 'inherit',
    env: { ...process.env, MUTATION_FOLDER: folder },
  });
  if (status !== 0) process.exit(1);
}

function reportOf(folder) {
  return `reports/mutation/${folder}.json`;
}

/** All mutants, each with its file and the code that it replaces. */
function readReport(folder) {
  const { files } = JSON.parse(readFileSync(reportOf(folder), 'utf8'));
  return Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants.map((mutant) => ({ ...mutant, file, source })),
  );
}

function print(title, lines) {
  if (lines.length > 0) console.log([title, ...lines].join('\n  '));
}
