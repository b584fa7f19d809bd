import { listenOn, type Answer, type RunningServer } from './server.js';

/** Machines without IPv6 have no such address. */
const UNAVAILABLE: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Listens on both addresses of `localhost`. With one of them, another program could listen on the other, which browsers try first.
 *
 * @returns what stops it
 * @throws {NodeJS.ErrnoException} if the port cannot be listened on
 */
export async function startLocalhostServer(
  answer: Answer,
  port: number,
): Promise<Pick<RunningServer, 'close'>> {
  const first = await listenOn('127.0.0.1', port, answer);
  try {
    const second = await listenOn('::1', port, answer);
    return { close: async () => void (await Promise.all([first.close(), second.close()])) };
  } catch (error) {
    if (UNAVAILABLE.has((error as NodeJS.ErrnoException).code)) return first;
    await first.close();
    throw error;
  }
}
