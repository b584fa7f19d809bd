/* Bundles the package, its declarations, and its schematics. */
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BUNDLED_PACKAGES } from './bundled-packages.mjs';
import { bundleCommonJs, bundleDeclarations, bundleEsm, bundleScript } from './bundling.mjs';
import { entryPoints } from './entry-points.mjs';

const root = resolve(import.meta.dirname, '..');
const SCHEMATICS_DIRECTORY = join(root, 'dist/schematics');

const target = { folder: root, entryPoints, bundled: BUNDLED_PACKAGES };

/** The Nest CLI loads schematics with require(), and their collection and schema as files. */
async function bundleSchematics() {
  const input = { 'nest-add/index': join(root, 'schematics/nest-add/index.ts') };
  await bundleScript(input, SCHEMATICS_DIRECTORY);
  for (const file of ['collection.json', 'nest-add/schema.json']) {
    await copyFile(join(root, 'schematics', file), join(SCHEMATICS_DIRECTORY, file));
  }
}

await Promise.all([
  bundleEsm(target),
  bundleCommonJs(target),
  bundleDeclarations(target),
  bundleSchematics(),
]);
