/*
 * Jest's test framework for mutants (`testRunner` of test/runner/jest.mutation.config.js): Jest's own, which loads a suite once and runs its tests as
 * often as it is asked to. Loading Nest takes a second; most tests take a few milliseconds.
 */
const path = require('node:path');
const { inspect } = require('node:util');
const { createEmptyTestResult } = require('@jest/test-result');

const CIRCUS = path.join(path.dirname(require.resolve('jest-circus/runner')), 'jestAdapterInit.js');

/** Where what Stryker puts into the sources looks for which mutant is active, and leaves which it has passed. */
const NAMESPACE = '__stryker__';

/** What has passed a mutant, beside the tests and their hooks. */
const LOADING = 'loading';

/** Who waits for a suite to be opened, by its file. */
const requests = new Map();

module.exports = async function openSuite(...parameters) {
  const [, , , , file] = parameters;
  const { resolve, ...request } = requests.get(file);
  requests.delete(file);
  let suite;
  await new Promise((close) => {
    loadSuite(request, parameters).then(
      (loaded) => resolve({ ...(suite = loaded), close }),
      (error) => resolve({ loadError: error, close }),
    );
  });
  await suite?.end();
  return createEmptyTestResult();
};

/**
 * Makes Jest hand over the suite of a file when it runs it next. `mutant` is active from then on, while the suite is loaded, too. `keepsFile`
 * keeps what the file has started until the suite is closed; otherwise that ends with the first run.
 */
module.exports.requestSuite = (file, request) =>
  new Promise((resolve) => {
    requests.set(file, { ...request, resolve });
  });

async function loadSuite(request, [globalConfig, config, environment, runtime, testPath, send]) {
  // Sources that Node.js has loaded hold on to the object and to its coverage.
  const stryker = (environment.global[NAMESPACE] ??= {});
  Object.assign(stryker, { activeMutant: request.mutant, ...limited(request.hitLimit) });
  if (stryker.mutantCoverage !== undefined) stryker.mutantCoverage.perTest = {};
  stryker.currentTestId = LOADING;
  const circus = runtime.requireInternalModule(CIRCUS);
  let state;
  const bail = { isOn: false };
  environment.handleTestEvent = (event, current) => {
    state = current;
    followEvent(event, stryker, current, bail);
  };
  await circus.initialize({
    config,
    environment,
    globalConfig,
    localRequire: runtime.requireModule.bind(runtime),
    parentProcess: process,
    runtime,
    sendMessageToJest: send,
    setGlobalsForRuntime: runtime.setGlobalsForRuntime.bind(runtime),
    testPath,
  });
  for (const file of [...config.setupFilesAfterEnv, testPath]) {
    await runtime.unstable_importModule(file);
  }
  stryker.currentTestId = undefined;
  const root = state.rootDescribeBlock;
  const ends = request.keepsFile ? root.hooks.filter(({ type }) => type === 'afterAll') : [];
  root.hooks = root.hooks.filter((hook) => !ends.includes(hook));
  const tests = testsOf(state.rootDescribeBlock);
  const modes = tests.map(({ mode }) => mode);
  const loadCoverage = stryker.mutantCoverage?.perTest[LOADING] ?? {};
  return {
    names: tests.map(fullName),
    loadCoverage,
    async end() {
      for (const { fn } of ends) await fn();
    },
    /** Runs the tests at these places, until one fails; if everything is started already, without `beforeAll` and `afterAll`. */
    async run(places, { mutant, hitLimit, bails = true, isStarted = false }) {
      const selected = new Set(places);
      tests.forEach((test, place) => reset(test, selected.has(place) ? modes[place] : 'skip'));
      state.unhandledErrors = [];
      bail.isOn = bails;
      // The sources hold on to the object around it.
      if (stryker.mutantCoverage !== undefined) stryker.mutantCoverage.perTest = {};
      stryker.activeMutant = mutant;
      Object.assign(stryker, limited(hitLimit));
      const kept = isStarted ? takeStartHooks(root) : [];
      const { testExecError } = await circus.runAndTransformResultsToJestFormat({
        config,
        globalConfig,
        setupAfterEnvPerfStats: {},
        testPath,
      });
      stryker.activeMutant = undefined;
      for (const { block, hooks } of kept) block.hooks = hooks;
      return {
        coverage: coverageByTest(stryker.mutantCoverage?.perTest ?? {}, tests),
        hookCoverage: coverageOfHooks(stryker.mutantCoverage?.perTest ?? {}),
        durations: tests.map(({ duration }) => duration ?? 0),
        failed: tests.flatMap(({ errors }, place) => (errors.length > 0 ? [place] : [])),
        message: describeErrors(
          tests.flatMap(({ errors }) => errors),
          testExecError,
        ),
        isOverLimit: hitLimit !== undefined && stryker.hitCount > hitLimit,
      };
    },
  };
}

const limited = (hitLimit) => ({ hitLimit, hitCount: hitLimit === undefined ? undefined : 0 });

/** Which test the code that runs next belongs to. */
function followEvent(event, stryker, state, bail) {
  switch (event.name) {
    case 'hook_start':
      if (event.hook.type.endsWith('All')) stryker.currentTestId = hookId(event.hook.parent);
      break;
    case 'test_start':
      stryker.currentTestId = testId(event.test);
      break;
    case 'test_done':
      stryker.currentTestId = undefined;
      if (bail.isOn && event.test.errors.length > 0) {
        for (const test of testsOf(state.rootDescribeBlock)) {
          if (test.status === null) test.mode = 'skip';
        }
      }
      break;
    default:
  }
}

function testsOf(block) {
  return block.children.flatMap((child) => (child.type === 'test' ? [child] : testsOf(child)));
}

/** @returns what has to be put back */
function takeStartHooks(block) {
  const { hooks, children } = block;
  block.hooks = hooks.filter(({ type }) => !type.endsWith('All'));
  const below = children.filter(({ type }) => type === 'describeBlock');
  return [{ block, hooks }, ...below.flatMap(takeStartHooks)];
}

/** As no test has run yet. */
function reset(test, mode) {
  Object.assign(test, { mode, errors: [], status: null, invocations: 0, retryReasons: [] });
  Object.assign(test, { duration: null, startedAt: null, seenDone: false });
  test.unhandledRejectionErrorByPromise?.clear();
}

const ids = new WeakMap();
let lastId = 0;

function idOf(object) {
  if (!ids.has(object)) ids.set(object, String(++lastId));
  return ids.get(object);
}
const testId = (test) => `test ${idOf(test)}`;
const hookId = (block) => `hook ${idOf(block)}`;

/** What each test passes, in the `beforeAll` hooks around it, too. */
function coverageByTest(perId, tests) {
  return tests.map((test) => {
    const mutants = { ...perId[testId(test)] };
    if (test.status === null || test.status === 'skip') return mutants;
    for (let block = test.parent; block !== undefined; block = block.parent) {
      for (const [mutant, hits] of Object.entries(perId[hookId(block)] ?? {})) {
        mutants[mutant] = (mutants[mutant] ?? 0) + hits;
      }
    }
    return mutants;
  });
}

function coverageOfHooks(perId) {
  const hooks = Object.entries(perId).filter(([id]) => id.startsWith('hook '));
  return Object.assign({}, ...hooks.map(([, mutants]) => mutants));
}

function fullName(test) {
  const names = [test.name];
  for (let block = test.parent; block?.parent !== undefined; block = block.parent) {
    names.unshift(block.name);
  }
  return names.join(' ');
}

/** @returns `undefined` without errors; code may throw `undefined`, too */
function describeErrors(errors, testExecError) {
  if (errors.length === 0 && !testExecError) return undefined;
  const [[first] = [testExecError]] = errors.map((error) => [error].flat());
  return first?.message || inspect(first);
}
