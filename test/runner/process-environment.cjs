const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/**
 * Jest's `testEnvironment` without a context of `node:vm`: suites see the globals of the process, and share them. What a suite leaves behind
 * in them is undone when the suite ends.
 */
module.exports = class ProcessEnvironment {
  global = globalThis;
  fakeTimers = null;

  #projectGlobals;
  #console = globalThis.console;
  #fetch = globalThis.fetch;
  #exit = Object.getOwnPropertyDescriptor(process, 'exit');
  #variables = { ...process.env };

  constructor({ projectConfig }) {
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    this.#projectGlobals = projectConfig.globals;
    Object.assign(globalThis, this.#projectGlobals);
  }

  async setup() {
    // Jest has set it to 100, which makes each of the many thousand errors of a suite slower.
    Error.stackTraceLimit = 10;
  }

  async teardown() {
    this.moduleMocker.restoreAllMocks();
    this.fakeTimersModern.dispose();
    globalThis.fetch = this.#fetch;
    for (const name of Object.keys(this.#projectGlobals)) delete globalThis[name];
    globalThis.console = this.#console;
    Object.defineProperty(process, 'exit', this.#exit);
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, this.#variables);
  }

  getVmContext() {
    return null;
  }
};
