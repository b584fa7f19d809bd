import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that Linux gives to connections and to programs that ask for any: those could take one before it is used. */
const LOWEST = 10_000;
const END = 32_768;

/** A port that is free now, for a program that cannot choose one itself. */
export async function findFreePort() {
  for (;;) {
    const port = randomInt(LOWEST, END);
    const server = createServer().listen(port); // on all addresses, as an application listens
    try {
      await once(server, 'listening');
    } catch (error) {
      if (error.code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
