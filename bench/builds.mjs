import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** This checkout: its rows have to work. */
const OWN = { root: resolve(import.meta.dirname, '..'), suffix: '', mayFail: false };

/**
 * The builds of the package that are measured in turn.
 *
 * @param base a built checkout of another revision. Rows that it cannot run, because it lacks an export, are left out with a note
 */
export function buildsOf(base) {
  if (base === undefined) return [OWN];
  const root = resolve(base);
  if (!existsSync(join(root, 'dist/index.js'))) {
    throw new Error(`--base: ${root} has no dist/index.js. Run npm ci and npm run build there.`);
  }
  return [OWN, { root, suffix: ', before', mayFail: true }];
}

/** The same row for each build. */
export function forEachBuild(builds, { id, label, ...row }) {
  return builds.map(({ suffix, ...build }) => {
    return { ...row, ...build, id: `${id}${suffix}`, label: `${label}${suffix}` };
  });
}
