/*
 * RSA keys take a fifth of a second each, and most suites need a pair. The first pair that a suite generates is the first of the process, its
 * second the second, and so on: the pairs of one suite differ, as they would.
 */
const crypto = require('node:crypto');

/** The pairs of the process, in order, by what was asked for. */
const pairs = new Map();

/** How many of them the current suite has, by what was asked for. */
const taken = new Map();

function shared(generate) {
  return function (...parameters) {
    const request = JSON.stringify(parameters);
    if (!/"modulusLength"/.test(request)) return generate.apply(this, parameters);
    const key = `${generate.name} ${request}`;
    if (!pairs.has(key)) pairs.set(key, []);
    const index = taken.get(key) ?? 0;
    taken.set(key, index + 1);
    return (pairs.get(key)[index] ??= generate.apply(this, parameters));
  };
}

const { SubtleCrypto } = globalThis;
crypto.generateKeyPairSync = shared(crypto.generateKeyPairSync);
// oxlint-disable-next-line typescript/unbound-method -- it is called on the object
SubtleCrypto.prototype.generateKey = shared(SubtleCrypto.prototype.generateKey);

/** For the next suite. */
module.exports.startOver = () => taken.clear();
