/*
 * The suites that are loaded. Each stays in memory until others need the room.
 */
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { SearchSource } from '@jest/core';
import { readConfigs } from 'jest-config';
import TestRunner from 'jest-runner';
import Runtime from 'jest-runtime';

const require = createRequire(import.meta.url);

/** As many as fit into the memory of a process, with about 60 MB each. */
const MOST_LOADED = 40;

export class Suites {
  #loaded = new Map();
  #context;
  #globalConfig;
  #requestSuite;

  /** @returns the files of all suites */
  async find(configFile) {
    const argv = { $0: '', _: [], config: configFile, runInBand: true, silent: true, ci: true };
    const { configs, globalConfig } = await readConfigs(argv, [configFile]);
    this.#globalConfig = globalConfig;
    // The same that Jest loads: Stryker loads this file from the repository, and Jest its own from a copy.
    this.#requestSuite = require(configs[0].testRunner).requestSuite;
    const { createContext } = Runtime.default ?? Runtime;
    this.#context = await createContext.call(Runtime.default ?? Runtime, configs[0], {
      maxWorkers: 1,
      watchman: false,
    });
    const { tests } = await new SearchSource(this.#context).getTestPaths(globalConfig, configs[0]);
    return tests.map(({ path }) => relative(globalConfig.rootDir, path)).toSorted();
  }

  /** A suite that was loaded without a mutant. */
  async loaded(file, options = {}) {
    const known = this.#loaded.get(file);
    if (known !== undefined) {
      // The latest last.
      this.#loaded.delete(file);
      this.#loaded.set(file, known);
      return known;
    }
    for (const [oldest] of this.#loaded) {
      if (this.#loaded.size < MOST_LOADED) break;
      await this.forget(oldest);
    }
    const suite = await this.#open(file, options);
    this.#loaded.set(file, suite);
    return suite;
  }

  /** The next who needs the suite gets a new one. */
  async forget(file) {
    const suite = this.#loaded.get(file);
    this.#loaded.delete(file);
    await suite?.close();
  }

  /** Loads a suite for one task, with a mutant active from the start. */
  async withNew(file, options, task) {
    const suite = await this.#open(file, options);
    try {
      return await task(suite);
    } finally {
      await suite.close();
    }
  }

  async #open(file, options) {
    const path = `${this.#globalConfig.rootDir}/${file}`;
    const listeners = keepListeners();
    const opened = this.#requestSuite(path, options);
    const runner = new TestRunner(this.#globalConfig, {});
    let ended;
    const failed = new Promise((_, reject) => {
      runner.on('test-file-failure', ([, error]) => reject(error));
      ended = runner.runTests(
        [{ context: this.#context, path }],
        { isInterrupted: () => false, isWatchMode: () => false },
        { serial: true },
      );
    });
    failed.catch(() => {});
    const suite = await Promise.race([opened, failed]);
    const close = async () => {
      suite.close();
      await ended;
    };
    if (suite.loadError !== undefined) listeners.restore();
    return { ...suite, run: suite.run && guarded(suite.run, listeners), close };
  }
}

const PROCESS_ERRORS = ['uncaughtException', 'unhandledRejection', 'rejectionHandled'];

/** Jest listens to the errors of the process from when a suite is loaded until it has run for the first time. */
function keepListeners() {
  const kept = PROCESS_ERRORS.map((event) => [event, process.rawListeners(event)]);
  return {
    restore() {
      for (const [event, listeners] of kept) {
        process.removeAllListeners(event);
        for (const listener of listeners) process.on(event, listener);
      }
    },
  };
}

/** The tests, with errors that nobody has caught. */
function guarded(run, first) {
  let hasRun = false;
  return async (...parameters) => {
    if (!hasRun) {
      hasRun = true;
      try {
        return await run(...parameters);
      } finally {
        first.restore();
      }
    }
    const kept = keepListeners();
    let uncaught;
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      process.removeAllListeners(event);
      process.on(event, (error) => (uncaught ??= error));
    }
    try {
      const result = await run(...parameters);
      return uncaught === undefined
        ? result
        : { ...result, message: result.message ?? String(uncaught?.message ?? uncaught) };
    } finally {
      kept.restore();
    }
  };
}
