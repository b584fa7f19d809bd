import { readFileSync } from 'node:fs';

const packageJson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** The entry points of the package, as the `exports` of its package.json have them: `index.js`, `swagger/index.js`, … */
export const entryPoints = Object.values(packageJson.exports)
  .filter((target) => typeof target === 'object')
  .map((target) => target.import.default.replace('./dist/', ''));

/** Where the TypeScript compiler puts a file, for esbuild to go on with. */
export function compiledPath(file) {
  return `build/${file}`;
}
