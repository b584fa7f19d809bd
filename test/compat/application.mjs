import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installInto } from '../package/packed-package.mjs';
import { npm } from './command.mjs';

const packageJson = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
);

const applications = join(import.meta.dirname, 'apps');
const shared = join(import.meta.dirname, 'shared');
const sharedTransports = join(import.meta.dirname, 'shared-transports');
const sharedCompanions = join(import.meta.dirname, 'shared-companions');

export const applicationNames = readdirSync(applications).toSorted();

/**
 * Makes an application ready to run: installs what is pinned and the packed packages, type-checks, its declarations and ours
 * included, and builds.
 *
 * @returns {Promise<string>} where it is
 */
export async function prepareApplication(name, { workspace, tarballs }) {
  // Outside of the repository: what an application does not have itself would be found there.
  const cwd = join(workspace, name);
  cpSync(join(applications, name), cwd, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  copyShared(shared, cwd);
  if (name.endsWith('-transports')) copyShared(sharedTransports, cwd);
  if (name.endsWith('-companions')) copyShared(sharedCompanions, cwd);
  nameEntryPoints(cwd);
  await installInto(cwd, tarballs);
  await npm(['run', 'typecheck'], { cwd });
  await npm(['run', 'build'], { cwd });
  return cwd;
}

function copyShared(origin, cwd) {
  const { type } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  for (const folder of ['src', 'test']) {
    for (const file of readdirSync(join(origin, folder))) {
      const source = readFileSync(join(origin, folder, file), 'utf8');
      writeFileSync(
        join(cwd, folder, file),
        type === 'module' ? source : withoutExtensions(source),
      );
    }
  }
}

/** A file for the type-check alone, so that it sees the declarations of all entry points. */
function nameEntryPoints(cwd) {
  const lines = Object.keys(packageJson.exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => `export type * from '${path.replace('.', packageJson.name)}';\n`);
  writeFileSync(join(cwd, 'src/entry-points.ts'), lines.join(''));
}

/** Relative imports as the Nest CLI writes them in CommonJS applications. */
function withoutExtensions(source) {
  return source.replaceAll(/(from '\.{1,2}\/[^']*)\.js'/g, "$1'");
}
