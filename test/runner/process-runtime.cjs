const { pathToFileURL } = require('node:url');
const { compiledFileOf } = require('./compiled.cjs');

/** Where jest-circus keeps who listens to a suite, and its own two listeners at the start. */
const LISTENERS = Symbol.for('EVENT_HANDLERS');
const OWN_LISTENERS = 2;

/** Where `jest.setTimeout()` leaves the timeout for jest-circus. */
const TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');

/** How many suites this process has loaded. */
let loaded = 0;

/**
 * Jest's `runtime` without a module registry: Node.js itself loads suites and what they import, which a process loads once for all of
 * its suites. Loading Nest anew for each suite would take as long as half of the tests.
 */
module.exports = class ProcessRuntime {
  #environment;
  #suite;

  constructor(_config, environment, _resolver, _transformer, _files, _coverage, suite) {
    this.#environment = environment;
    this.#suite = suite;
    globalThis.jest = jestObject(environment);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  /** Runs a suite, or the default export of a setup file. A suite is a new module each time, setup files are loaded once. */
  async unstable_importModule(file) {
    if (file === this.#suite) {
      loaded += 1;
      await import(`${pathToFileURL(compiledFileOf(file)).href}?suite=${loaded}`);
    } else {
      const setUp = await import(pathToFileURL(compiledFileOf(file)).href);
      await setUp.default?.();
    }
  }

  /** Returns jest-circus, for which alone Jest calls this, without what it knows of the suite before. */
  requireInternalModule(file) {
    const circus = require(file);
    const { getState, resetState } = require('jest-circus');
    resetState();
    // The file has the whole of jest-circus once more, and keeps its state under a key of its own.
    globalThis[stateKey()] = getState();
    globalThis[LISTENERS].length = OWN_LISTENERS;
    delete globalThis[TIMEOUT];
    return circus;
  }

  requireModule(file) {
    return require(file);
  }

  restoreAllMocks() {
    this.#environment.moduleMocker.restoreAllMocks();
  }

  /** The compiled files contain theirs. */
  getSourceMaps() {
    return null;
  }

  getAllCoverageInfoCopy() {}
  setGlobalsForRuntime() {}
  enterTestCode() {}
  leaveTestCode() {}
  teardown() {}
};

function stateKey() {
  const keys = Object.getOwnPropertySymbols(globalThis);
  const key = keys.find(({ description }) => description === 'JEST_STATE_SYMBOL');
  if (key === undefined) throw new Error('This version of jest-circus keeps its state elsewhere.');
  return key;
}

/** What suites use of `jest`. */
function jestObject({ moduleMocker, fakeTimersModern: timers }) {
  return {
    fn: moduleMocker.fn.bind(moduleMocker),
    spyOn: moduleMocker.spyOn.bind(moduleMocker),
    clearAllMocks: () => moduleMocker.clearAllMocks(),
    restoreAllMocks: () => moduleMocker.restoreAllMocks(),
    setTimeout: (milliseconds) => void (globalThis[TIMEOUT] = milliseconds),
    useFakeTimers: (options) => timers.useFakeTimers(options),
    useRealTimers: () => timers.useRealTimers(),
    setSystemTime: (time) => timers.setSystemTime(time),
    advanceTimersByTime: (milliseconds) => timers.advanceTimersByTime(milliseconds),
    advanceTimersByTimeAsync: (milliseconds) => timers.advanceTimersByTimeAsync(milliseconds),
    getTimerCount: () => timers.getTimerCount(),
  };
}
