// First, as in the main.ts of every Nest application.
import 'reflect-metadata';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installCleanUp } from './clean-up.js';

await fetchOnce();

/** Runs before each suite (`setupFilesAfterEnv` of test/runner/jest.shared.js). */
export default function setUp(): void {
  // Keeps what the local module remembers out of the cache folder of whoever runs the tests.
  process.env['XDG_CACHE_HOME'] = join(tmpdir(), 'nestjs-propelauth-tests');
  installCleanUp();
}

/** The `fetch` of Node.js keeps the timer of its first request for all later ones: it must not be one of a suite's fake timers. */
async function fetchOnce(): Promise<void> {
  const server = createServer((_request, response) => response.end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await (await fetch(`http://127.0.0.1:${port}`)).text();
  server.close();
  server.closeAllConnections();
}
