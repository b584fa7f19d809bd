/*
 * Tries mutants in one suite after the other. Node.js loads the sources once for all of them.
 */
import { Suites } from '../suites.mjs';

/** In bytes: a process that is nearly full does little else than collect garbage. The parent starts another one. */
const FULL = 1_500_000_000;

/** How often more a mutant is passed than without it, before a loop counts as endless. */
const ENDLESS = 100;

const suites = new Suites();
await suites.find('test/runner/jest.kills.config.js');
process.on('message', (task) => {
  tryIn(task).then(
    (outcome) => process.send({ ...outcome, isFull: process.memoryUsage().heapUsed > FULL }),
    (error) => process.send({ killed: [], tried: {}, error: String(error?.stack ?? error) }),
  );
});
process.send({ isReady: true });

/**
 * @param file a suite
 * @param left the mutants that no suite has killed, and how many milliseconds may be spent on each
 * @returns the mutants that it kills, and how many milliseconds each that it does not kill has taken
 */
async function tryIn({ file, left }) {
  const killed = [];
  const tried = {};
  const loading = [];
  const outcome = await suites.withNew(file, {}, async (suite) => {
    if (suite.loadError !== undefined) return { error: `${file}: ${suite.loadError.stack}` };
    const places = [...suite.names.keys()];
    const first = await suite.run(places, { bails: false });
    const second = await suite.run(places, { bails: false });
    if (first.message !== undefined) return { error: `${file}: ${first.message}` };
    const isRepeatable = second.message === undefined;
    for (const [mutant, most] of Object.entries(left)) {
      const passing = places.filter((place) => mutant in first.coverage[place]);
      const time = passing.reduce((sum, place) => sum + first.durations[place], 0);
      if (mutant in suite.loadCoverage || (passing.length > 0 && !isRepeatable)) {
        loading.push({ mutant, places: passing.length > 0 ? passing : places, most });
        continue;
      }
      if (passing.length === 0 || time > most) continue;
      const hits = passing.reduce((sum, place) => sum + first.coverage[place][mutant], 0);
      const began = performance.now();
      const result = await suite.run(passing, { mutant, hitLimit: (hits + 1) * ENDLESS });
      if (result.message === undefined) {
        tried[mutant] = performance.now() - began;
        continue;
      }
      // Without the mutant the same tests pass, unless one has left something behind.
      const control = await suite.run(passing, {});
      if (control.message === undefined) killed.push(mutant);
      else return { isSpoilt: true, spoiltBy: mutant };
    }
    return {};
  });
  if (outcome.isSpoilt) loading.push({ mutant: outcome.spoiltBy, places: [], most: Infinity });
  for (const { mutant, places } of loading) {
    const began = performance.now();
    const isKilled = await killsWhileLoaded(file, mutant, places);
    if (isKilled) killed.push(mutant);
    else tried[mutant] = performance.now() - began;
  }
  return { killed, tried, ...outcome };
}

/** A mutant that runs while the suite is loaded needs the suite anew. */
function killsWhileLoaded(file, mutant, places) {
  return suites.withNew(file, { mutant }, async (suite) => {
    if (suite.loadError !== undefined) return true;
    const chosen = places.length > 0 ? places : [...suite.names.keys()];
    const { message } = await suite.run(chosen, { mutant });
    return message !== undefined;
  });
}
