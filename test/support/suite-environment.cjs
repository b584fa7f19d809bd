/*
 * Where each suite runs: Jest's own environment for Node.js, which in the end also lets go of what carries values along promises.
 *
 * Jest makes such a storage for each suite, and a storage that was used is written to every promise of the process from then on. In a
 * process that has run many suites, that would take longer than the tests.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

/** The storages that were used since the suite began. */
const used = new Set();

// oxlint-disable-next-line typescript/unbound-method -- both are called on the storage
const { run, enterWith } = AsyncLocalStorage.prototype;

// Nobody else can tell which there are.
AsyncLocalStorage.prototype.run = function (...parameters) {
  used.add(this);
  return run.apply(this, parameters);
};
AsyncLocalStorage.prototype.enterWith = function (...parameters) {
  used.add(this);
  return enterWith.apply(this, parameters);
};

module.exports = class SuiteEnvironment extends TestEnvironment {
  async teardown() {
    await super.teardown();
    for (const storage of used) storage.disable();
    used.clear();
  }
};
