import { runMeasurement } from './child-process.mjs';

/**
 * Measures variants in turn, each several times in a new process. When the machine is slower for a while, this affects all of them.
 *
 * @param variants each has a `label` and a function `measure`. One with `mayFail` is left out with a note when it fails
 * @returns for each variant that did not fail, with its label: its results, in the order of the runs
 */
export async function measureInTurn(variants, runs, notes) {
  const results = new Map(variants.map((variant) => [variant, []]));
  for (let run = 0; run < runs; run++) {
    // Every second run in reverse, so that no variant always follows the same one.
    const remaining = [...results.keys()];
    for (const variant of run % 2 === 0 ? remaining : remaining.toReversed()) {
      try {
        results.get(variant).push(await variant.measure());
      } catch (error) {
        if (!variant.mayFail) throw error;
        notes.push(leftOut(variant, error));
        results.delete(variant);
      }
    }
  }
  return [...results].map(([variant, measured]) => ({ ...variant, runs: measured }));
}

/**
 * Measures the builds in turn with a module in in-process/.
 *
 * @param args its arguments, before those of a build
 * @returns as {@link measureInTurn}, this checkout first
 */
export function measureBuilds(module, args, { nodes: [node], builds, plan, notes, progress }) {
  progress([module, ...args].join(' '));
  const variants = builds.map((build) => ({
    ...build,
    label: `${module}${build.suffix}`,
    measure: () =>
      runMeasurement(node, `./in-process/${module}.mjs`, {
        args: [...args, ...(build.args ?? [])].map(String),
        root: build.root,
      }),
  }));
  return measureInTurn(variants, plan.runs, notes);
}

/** The note for what could not be measured: the first line that names an error. */
export function leftOut({ label }, { message }) {
  const [reason = message] = /^\w*Error.*?(?= imported from|$)/m.exec(message) ?? [];
  return `Left out: ${label} (${reason.slice(0, 300)})`;
}
