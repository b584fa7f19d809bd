/**
 * Measures the heap after some number of different tokens with the default cache. Needs --expose-gc.
 *
 * Arguments: at which numbers of tokens to look. Each token is really signed and really verified, and then dropped: what stays is
 * what the package keeps.
 */
import { PropelAuthService } from '../package-under-test.mjs';
import { Issuer } from '../tokens/issuer.mjs';
import { initOwnApplication } from './own-application.mjs';

const BLOCK_SIZE = 500;

const steps = process.argv.slice(2).map(Number);
const issuer = new Issuer();
const app = await initOwnApplication(issuer);
const propelAuth = app.get(PropelAuthService);

const heap = [usedMegabytes()];
let count = 0;
for (const step of steps) {
  while (count < step) {
    await verifyNewTokens(count);
    count += BLOCK_SIZE;
  }
  heap.push(usedMegabytes());
}
await app.close();
process.send({ steps: [0, ...steps], megabytes: heap });

async function verifyNewTokens(firstNumber) {
  for (const token of await issuer.accessTokens(BLOCK_SIZE, firstNumber)) {
    // As the bytes of a header arrive: a flat string of its own.
    const header = Buffer.from(`Bearer ${token}`).latin1Slice();
    await propelAuth.validateAuthorizationHeader(header);
  }
}

function usedMegabytes() {
  // The second one collects what the first one's finalizers let go.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed / 1_000_000;
}
