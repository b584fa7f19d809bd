import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const pages = resolve(import.meta.dirname, '../../docs/recipes');

/** Other pages whose code is tested in the same application, by the names of their folders. */
const OTHER_PAGES = { deploy: resolve(pages, '../deploy.md') };

/** The application that all recipes share. */
export const applicationFolder = join(import.meta.dirname, 'app');

const INDEX = 'README.md';

/** The pages and the folders with tests are the same. */
export function recipeNames() {
  const named = readdirSync(pages)
    .filter((file) => file.endsWith('.md') && file !== INDEX)
    .map((file) => file.replace('.md', ''))
    .concat(Object.keys(OTHER_PAGES));
  const tested = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'app')
    .map(({ name }) => name);
  assert.deepEqual(
    tested.toSorted(),
    named.toSorted(),
    'A page of docs/recipes/ has no folder in test/recipes/, or a folder has no page.',
  );
  return named.toSorted();
}

/** Writes the files that a page shows into a folder, and its tests next to them. */
export function writeRecipe(name, folder) {
  for (const [file, code] of filesOf(name)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  cpSync(join(import.meta.dirname, name), folder, { recursive: true, errorOnExist: true });
}

/** The files that a page shows, without the folder `src/` that each of them is in. */
function filesOf(name) {
  const text = readFileSync(OTHER_PAGES[name] ?? join(pages, `${name}.md`), 'utf8');
  const files = new Map();
  for (const [, language, code] of text.matchAll(/^```(ts|sql|prisma)\n(.*?)^```$/gms)) {
    const file = /^(?:\/\/|--) src\/(\S+\.(?:ts|sql|prisma))\n/.exec(code)?.[1];
    // A statement that a page explains is no file.
    if (language === 'sql' && file === undefined) continue;
    assert.ok(file, `A block of ${name}.md does not begin with its file, as // src/app.module.ts`);
    assert.ok(!files.has(file), `${name}.md has two blocks for src/${file}`);
    files.set(file, code);
  }
  assert.ok(files.size > 0, `${name}.md shows no TypeScript`);
  return files;
}
