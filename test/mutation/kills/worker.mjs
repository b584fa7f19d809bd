/*
 * Tries mutants in one suite after the other. Node.js loads the sources once for all of them.
 */
import { Suites } from '../suites.mjs';

/** In bytes: a process that is nearly full does little else than collect garbage. The parent starts another one. */
const FULL = 1_500_000_000;

/** How often more a mutant is passed than without it, before a loop counts as endless. */
const ENDLESS = 100;

/** In milliseconds: about what it takes to load a suite anew. */
const LOADING = 2000;

const suites = new Suites();
await suites.find('test/runner/jest.kills.config.js');
process.on('message', ({ file, limits }) => {
  tryIn(file, limits).then(
    (outcome) => process.send({ ...outcome, isFull: process.memoryUsage().heapUsed > FULL }),
    (error) => process.send({ error: `${file}: ${error?.message ?? error}`, isFull: true }),
  );
});
process.send({ isReady: true });

/**
 * @param file a suite
 * @param limits mutants, each with the milliseconds that its tests may take
 * @returns the mutants that the suite notices, those for which it takes longer, with how long, and how long it has taken for each other
 */
async function tryIn(file, limits) {
  const outcome = { killed: [], spent: {}, slow: {} };
  const waiting = Object.entries(limits);
  const anew = new Map();
  while (waiting.length > 0) {
    await suites.withNew(file, {}, (suite) => tryLoaded(suite, waiting, anew, outcome));
  }
  for (const [mutant, places] of anew) {
    if (limits[mutant] < LOADING) {
      outcome.slow[mutant] = LOADING;
      continue;
    }
    const began = performance.now();
    if (await isNoticedAnew(file, mutant, places)) outcome.killed.push(mutant);
    else outcome.spent[mutant] = performance.now() - began;
  }
  return outcome;
}

/**
 * Tries mutants until one of them has left something behind.
 *
 * @param waiting takes out of it those that it has tried
 * @param anew gets those that have to be tried in a suite of their own, with the places of their tests
 */
async function tryLoaded(suite, waiting, anew, outcome) {
  if (suite.loadError !== undefined) throw suite.loadError;
  const places = [...suite.names.keys()];
  const first = await suite.run(places, { bails: false });
  if (first.message !== undefined) throw new Error(first.message);
  const second = await suite.run(places, { bails: false });
  const isRepeatable = second.message === undefined;
  while (waiting.length > 0) {
    const [mutant, limit] = waiting.shift();
    const passing = places.filter((place) => mutant in first.coverage[place]);
    if (mutant in suite.loadCoverage || (passing.length > 0 && !isRepeatable)) {
      anew.set(mutant, passing.length > 0 ? passing : places);
      continue;
    }
    const chosen = quickest(passing, first.durations, limit);
    if (chosen.length < passing.length) outcome.slow[mutant] = timeOf(passing, first.durations);
    if (chosen.length === 0) continue;
    const hits = chosen.reduce((sum, place) => sum + first.coverage[place][mutant], 0);
    const began = performance.now();
    const result = await suite.run(chosen, { mutant, hitLimit: (hits + 1) * ENDLESS });
    if (result.message === undefined) {
      outcome.spent[mutant] = performance.now() - began;
      continue;
    }
    // Without the mutant the same tests pass, unless one has left something behind.
    const control = await suite.run(chosen, {});
    if (control.message === undefined) {
      outcome.killed.push(mutant);
    } else {
      anew.set(mutant, passing);
      return;
    }
  }
}

const timeOf = (places, durations) => places.reduce((sum, place) => sum + durations[place], 0);

/** The tests that take the least, as many as fit. */
function quickest(places, durations, limit) {
  let time = 0;
  return places
    .toSorted((a, b) => durations[a] - durations[b])
    .filter((place) => (time += durations[place]) <= limit);
}

/** A mutant that runs while the suite is loaded needs the suite anew. */
function isNoticedAnew(file, mutant, places) {
  return suites.withNew(file, { mutant }, async (suite) => {
    if (suite.loadError !== undefined) return true;
    const { message } = await suite.run(places, { mutant });
    return message !== undefined;
  });
}
