import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { measureInTurn } from '../in-turn.mjs';
import { markdownTable } from '../report/markdown-table.mjs';
import { milliseconds } from '../report/numbers.mjs';
import { median } from '../statistics.mjs';

/** How long it takes to import the package when Nest is loaded, beside its runtime dependencies. */
export const importTime = {
  name: 'import',
  title: 'Import',
  lines: ['20'],
  async measure({ nodes: [node], builds, plan, notes, progress }) {
    progress('new processes');
    const variants = builds.flatMap((build) => variantsOf(node, build));
    // The first processes find the files on disk. They are not counted.
    for (const { measure } of variants) await measure();
    const measured = await measureInTurn(variants, plan.runs, notes);
    const times = measured.map(({ runs }) => median(runs));
    const lines = measured.map(({ label }, index) => [label, milliseconds(times[index])]);
    return {
      tables: [markdownTable(['import after @nestjs/common and @nestjs/core', '>time'], lines)],
      // The two variants of this checkout are the first.
      figures: { import: times[0] / times[1] },
    };
  },
};

function variantsOf(node, { root, suffix }) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const imports = {
    'the main entry point': [pathToFileURL(join(root, 'dist/index.js')).href],
    'its runtime dependencies': Object.keys(dependencies),
  };
  return Object.entries(imports).map(([label, names]) => ({
    label: `${label}${suffix}`,
    measure: () => timeImports(node, root, names),
  }));
}

/** Runs in the directory of the build, so that names are resolved as the build resolves them. An import is only timed in a new process. */
async function timeImports(node, root, names) {
  const code = `
    await import('@nestjs/common');
    await import('@nestjs/core');
    const start = performance.now();
    await Promise.all(${JSON.stringify(names)}.map((name) => import(name)));
    console.log(performance.now() - start);`;
  const args = ['--input-type=module', '--eval', code];
  const { stdout } = await promisify(execFile)(node.execPath, args, { cwd: root });
  return Number(stdout);
}
