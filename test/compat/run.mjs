/*
 * Packs the package and the emulator and installs them into each application of apps/, as each of them would be made by its Nest CLI. Each
 * type-checks, builds, runs its suite, starts and stops, on each version of Node.js. Prints a table, which docs/compatibility.md shows.
 * With --spread, each application is tried on one of the versions, and each version by several applications: a third of the time.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pack, packEmulator } from '../package/packed-package.mjs';
import { applicationNames, prepareApplication } from './application.mjs';
import { checks } from './checks.mjs';
import { installNodeVersions } from './node-versions.mjs';
import { toTable, withoutLayout } from './table.mjs';

/** How many applications are tried at a time. */
const CONCURRENCY = 2;

const root = resolve(import.meta.dirname, '../..');

/** Tries one application on each version; what fails is said at once, and remembered for the table. */
async function tryApplication(name, { nodeVersions, ...surroundings }) {
  const failures = new Map(nodeVersions.map(({ version }) => [version, []]));
  const cwd = await attempt(`${name}, preparation`, () => prepareApplication(name, surroundings));
  for (const { version, directory } of nodeVersions) {
    if (!cwd.passed) {
      failures.get(version).push('preparation');
      continue;
    }
    for (const [check, hold] of Object.entries(checks)) {
      const title = `${name}, ${check}, Node.js ${version}`;
      const { passed } = await attempt(title, () => hold(cwd.value, directory));
      if (!passed) failures.get(version).push(check);
    }
  }
  return { name, failures };
}

/** One after the other: both write dist/ of the emulator. */
async function packBoth() {
  return [await pack(workspace), await packEmulator(workspace)];
}

async function attempt(title, action) {
  try {
    const value = await action();
    console.log(`✓ ${title}`);
    return { passed: true, value };
  } catch (error) {
    console.log(`✗ ${title}\n${error.stack}`);
    return { passed: false };
  }
}

async function tryAll(trials, surroundings) {
  const waiting = [...trials];
  const results = [];
  const worker = async () => {
    for (let trial = waiting.shift(); trial !== undefined; trial = waiting.shift()) {
      const { name, nodeVersions } = trial;
      results.push(await tryApplication(name, { ...surroundings, nodeVersions }));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results.toSorted((a, b) => a.name.localeCompare(b.name));
}

function isShownInDocs(table) {
  return withoutLayout(readFileSync(join(root, 'docs/compatibility.md'), 'utf8')).includes(
    withoutLayout(table),
  );
}

const {
  values: { spread },
  positionals,
} = parseArgs({ options: { spread: { type: 'boolean' } }, allowPositionals: true });
const names = positionals.length > 0 ? positionals : applicationNames;
const isWhole = names === applicationNames && !spread;
const workspace = mkdtempSync(join(tmpdir(), 'compat-'));
try {
  const [tarballs, nodeVersions] = await Promise.all([packBoth(), installNodeVersions()]);
  const trials = names.map((name, index) => ({
    name,
    nodeVersions: spread ? [nodeVersions[index % nodeVersions.length]] : nodeVersions,
  }));
  const results = await tryAll(trials, { workspace, tarballs });
  const table = toTable(
    results,
    nodeVersions.map(({ version }) => version),
  );
  console.log(`\n${table}\n`);
  if (isWhole && !isShownInDocs(table)) {
    console.log('This is not the table that docs/compatibility.md shows.');
    process.exitCode = 1;
  }
  if (table.includes('✗')) process.exitCode = 1;
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
