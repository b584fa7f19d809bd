/*
 * Installs the packed packages into one application, writes the code of each page of docs/recipes/ and its tests into that, compiles
 * all of it and runs the tests. Those with a database start PostgreSQL, of the Debian package `postgresql`. `npm run test:recipes -- throttler` runs the recipes that are named.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentFor, run } from '../compat/command.mjs';
import { startPostgres } from '../examples/postgres.mjs';
import { installInto, pack, packEmulator } from '../package/packed-package.mjs';
import { applicationFolder, recipeNames, writeRecipe } from './recipes.mjs';

/** The recipes with a database. */
const WITH_POSTGRES = ['audit-log', 'row-level-security'];

/** Where a recipe shows the schema of Prisma's client. */
const PRISMA_SCHEMA = 'prisma/schema.prisma';

/** A test file that runs longer than this, in milliseconds, does not come to an end. */
const DEADLINE = 120_000;

function isChosen(name) {
  const chosen = process.argv.slice(2);
  return chosen.length === 0 || chosen.includes(name);
}

async function makeApplication(workspace, names) {
  const application = join(workspace, 'app');
  cpSync(applicationFolder, application, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  for (const name of names) writeRecipe(name, join(application, 'src', name));
  // One after the other: both write dist/ of the emulator.
  const tarballs = [await pack(workspace), await packEmulator(workspace)];
  await installInto(application, tarballs);
  for (const name of names)
    await generatePrismaClient(application, join('src', name, PRISMA_SCHEMA));
  await run(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: application });
  return application;
}

/** Without Prisma's engine for migrations, which it would download: the client does not need it. */
async function generatePrismaClient(application, schema) {
  if (!existsSync(join(application, schema))) return;
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
  const prisma = 'node_modules/prisma/build/index.js';
  await run(process.execPath, [prisma, 'generate', '--schema', schema], { cwd: application });
}

function runTests(application, environment) {
  const files = readdirSync(join(application, 'src'), { recursive: true })
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => join('src', file));
  const options = [
    '--test',
    '--test-reporter=spec',
    '--enable-source-maps',
    `--test-timeout=${DEADLINE}`,
  ];
  const { status } = spawnSync(process.execPath, [...options, ...files], {
    cwd: application,
    env: { ...environmentFor(), ...environment },
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}

const names = recipeNames();
const unknown = process.argv.slice(2).filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`There is no recipe ${unknown.join(', ')}`);
const chosen = names.filter(isChosen);
const workspace = mkdtempSync(join(tmpdir(), 'recipes-'));
const postgres = WITH_POSTGRES.some((name) => chosen.includes(name))
  ? await startPostgres()
  : undefined;
try {
  const application = await makeApplication(workspace, chosen);
  runTests(application, {
    DATABASE_URL: postgres?.url('app'),
    SUPERUSER_URL: postgres?.url('postgres'),
  });
} finally {
  await postgres?.stop();
  rmSync(workspace, { recursive: true, force: true });
}
