/*
 * The packages whose code is inside the CommonJS build: Jest in CommonJS mode cannot load them, since they are ES modules. npm audit does not
 * see these copies. `node scripts/bundled-packages.mjs` fails if one of them is older than the newest release of its major version.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Each with the file of its license. */
export const BUNDLED_PACKAGES = [['jose', 'LICENSE.md']];

function bundledVersion(name) {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** The newest release of the same major version that the registry has; npm lists no pre-releases for a range. */
function newestVersion(name, version) {
  const range = `${name}@^${version.split('.')[0]}`;
  const versions = JSON.parse(
    execFileSync('npm', ['view', range, 'version', '--json'], { encoding: 'utf8' }),
  );
  return [versions]
    .flat()
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .at(-1);
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  for (const [name] of BUNDLED_PACKAGES) {
    const version = bundledVersion(name);
    const newest = newestVersion(name, version);
    const isNewest = version === newest;
    if (!isNewest) process.exitCode = 1;
    console.log(
      isNewest
        ? `✓ ${name} ${version}`
        : `✗ ${name} ${version} is in the CommonJS build, but ${newest} is out. Run npm update ${name}.`,
    );
  }
}
