import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that is free now, for a program that cannot choose one itself. */
export async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
