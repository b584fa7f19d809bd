import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to servers on port 0, which other tests start at the same time. */
const [LOWEST, HIGHEST] = [15_000, 32_000];

/** A port of 127.0.0.1 on which nobody listens. */
export async function closedPort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isClosed(port)) return port;
  }
}

async function isClosed(port: number): Promise<boolean> {
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (isFree) await new Promise((resolve) => server.close(resolve));
  return isFree;
}
