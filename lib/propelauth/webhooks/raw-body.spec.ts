import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readRawBody } from './raw-body.js';

setFlagsFromString('--expose-gc');

/** The used memory after a garbage collection. */
function usedBytes(): number {
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

it('A raw body uses at most a few bytes of memory per byte, however small its chunks are', async () => {
  const length = 32_768;
  let used = 0;
  async function* chunks() {
    const before = usedBytes();
    for (let sent = 0; sent < length; sent++) yield Buffer.from('x');
    await setImmediate();
    used = usedBytes() - before;
  }
  const body = await readRawBody(
    { headers: {}, stream: Readable.from(chunks(), { objectMode: true }) },
    length,
  );
  expect(body).toEqual(Buffer.alloc(length, 'x'));
  expect(used).toBeLessThan(16 * length);
});
