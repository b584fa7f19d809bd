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
    (error) => process.send({ error: `${task.file}: ${error?.message ?? error}`, isFull: true }),
  );
});
process.send({ isReady: true });

/**
 * @param file a suite
 * @param limits mutants, each with the milliseconds that its tests may take
 * @param isQuick whether what the suite has started is kept for all mutants
 * @returns the mutants that the suite notices, those for which it takes longer, with how long, and how long it has taken for each other
 */
async function tryIn({ file, limits, isQuick }) {
  const outcome = { killed: [], spent: {}, slow: {} };
  const waiting = Object.entries(limits);
  const anew = new Map();
  while (waiting.length > 0) {
    await suites.withNew(file, { keepsFile: isQuick }, (suite) =>
      isQuick ? tryStarted(suite, waiting, outcome) : tryLoaded(suite, waiting, anew, outcome),
    );
  }
  for (const [mutant, places] of anew) {
    const began = performance.now();
    if (await isNoticedAnew(file, mutant, places)) outcome.killed.push(mutant);
    else outcome.spent[mutant] = performance.now() - began;
  }
  return outcome;
}

/**
 * Tries mutants in what the suite has started, until one of them has left something behind.
 *
 * @param waiting takes out of it those that it has tried
 */
async function tryStarted(suite, waiting, outcome) {
  const { places, first, time } = await runFirst(suite);
  const second = await suite.run(places, { bails: false, isStarted: true });
  while (waiting.length > 0) {
    const [mutant, limit] = waiting.shift();
    const passing = places.filter((place) => mutant in first.coverage[place]);
    if (passing.length === 0 && !(mutant in suite.loadCoverage)) continue;
    outcome.slow[mutant] = time;
    if (second.message !== undefined) continue;
    const running = places.filter((place) => mutant in second.coverage[place]);
    const chosen = quickest(running, second.durations, limit);
    const isStarting = mutant in first.hookCoverage || mutant in suite.loadCoverage;
    if (chosen.length === passing.length && !isStarting) delete outcome.slow[mutant];
    if (chosen.length === 0) continue;
    const started = { isStarted: true };
    if (!(await tryMutant(suite, chosen, mutant, second, started, outcome))) {
      outcome.slow[mutant] = time;
      return;
    }
  }
}

/**
 * Tries mutants until one of them has left something behind, and starts for each what the suite needs.
 *
 * @param anew gets those that have to be tried in a suite of their own, with the places of their tests
 */
async function tryLoaded(suite, waiting, anew, outcome) {
  const { places, first } = await runFirst(suite);
  const second = await suite.run(places, { bails: false });
  while (waiting.length > 0) {
    const [mutant] = waiting.shift();
    const passing = places.filter((place) => mutant in first.coverage[place]);
    if (mutant in suite.loadCoverage || (passing.length > 0 && second.message !== undefined)) {
      anew.set(mutant, passing.length > 0 ? passing : places);
      continue;
    }
    if (passing.length === 0) continue;
    if (!(await tryMutant(suite, passing, mutant, first, {}, outcome))) {
      anew.set(mutant, passing);
      return;
    }
  }
}

async function runFirst(suite) {
  if (suite.loadError !== undefined) throw suite.loadError;
  const places = [...suite.names.keys()];
  const began = performance.now();
  const first = await suite.run(places, { bails: false });
  if (first.message !== undefined) throw new Error(first.message);
  return { places, first, time: performance.now() - began };
}

/** @returns whether others can be tried after it */
async function tryMutant(suite, places, mutant, without, options, outcome) {
  const hits = places.reduce((sum, place) => sum + without.coverage[place][mutant], 0);
  const began = performance.now();
  const result = await suite.run(places, { ...options, mutant, hitLimit: (hits + 1) * ENDLESS });
  if (result.message === undefined) {
    outcome.spent[mutant] = performance.now() - began;
    return true;
  }
  // Without the mutant the same tests pass, unless one has left something behind.
  const control = await suite.run(places, options);
  if (control.message !== undefined) return false;
  outcome.killed.push(mutant);
  return true;
}

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
