/* Bundles propelauth-emulator, and writes its declarations and the schema of its seeds. Its command line is an ES module only. */
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUNDLED_PACKAGES } from './bundled-packages.mjs';
import { bundleCommonJs, bundleDeclarations, bundleEsm } from './bundling.mjs';
import { entryPointsOf } from './entry-points.mjs';
import { writeSeedSchema } from './seed-schema.mjs';

const folder = resolve(import.meta.dirname, '../emulator');
const entryPoints = entryPointsOf(pathToFileURL(join(folder, 'package.json')));
const library = {
  folder,
  entryPoints,
  bundled: BUNDLED_PACKAGES.filter(([name]) => name === 'jose'),
};
const withCommandLine = { ...library, entryPoints: [...entryPoints, 'cli/main.js'] };

await rm(join(folder, 'dist'), { recursive: true, force: true });
await Promise.all([
  bundleEsm(withCommandLine),
  bundleCommonJs(library),
  bundleDeclarations(library),
  writeSeedSchema(folder),
]);
