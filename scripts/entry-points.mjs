import { readFileSync } from 'node:fs';

/** The entry points of the package, as the `exports` of its package.json have them: `index.js`, `swagger/index.js`, … */
export const entryPoints = entryPointsOf(new URL('../package.json', import.meta.url));

/** The entry points of the package with this package.json. */
export function entryPointsOf(packageJson) {
  const { exports } = JSON.parse(readFileSync(packageJson, 'utf8'));
  return Object.values(exports)
    .filter((target) => typeof target === 'object')
    .map((target) => target.import.default.replace('./dist/', ''));
}

/** Where the TypeScript compiler puts a file, for the bundler to go on with. */
export function compiledPath(file) {
  return `build/${file}`;
}
