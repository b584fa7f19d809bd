/*
 * Where each suite runs: Jest's own environment for Node.js, which also finds JavaScript's own objects faster, and in the
 * end lets go of what carries values along promises.
 *
 * In a context of `node:vm`, each look at a global object asks the object that the context was made from, which takes Node.js a microsecond.
 * Nest and this package look at `Object` and `Reflect` so often that suites which start applications take a third longer. A constant of
 * the context is found at once. Nothing replaces these objects; what fake timers replace, such as `Date`, is not among them.
 *
 * Jest makes an AsyncLocalStorage for each suite, and one that was used is written to every promise of the process from then on. In a
 * process that has run many suites, that would take longer than the tests.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { runInContext } = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');
require('./compiled-code.cjs');
const { startOver } = require('./shared-keys.cjs');

const OWN_OBJECTS = [
  'Object Reflect Function Proxy Symbol Array Map Set WeakMap WeakSet Promise Error TypeError RangeError',
  'String Number Boolean BigInt RegExp JSON Math Uint8Array ArrayBuffer',
].flatMap((names) => names.split(' '));
const CONSTANTS = `const ${OWN_OBJECTS.map((name) => `${name} = globalThis.${name}`).join(', ')};`;

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
  async setup() {
    await super.setup();
    startOver();
    runInContext(CONSTANTS, this.getVmContext());
  }

  async teardown() {
    await super.teardown();
    for (const storage of used) storage.disable();
    used.clear();
  }
};
