import type { PublicAccess } from './public-access.js';
import { listenOn, type Answer, type RunningServer } from './server.js';

/** Machines without IPv6 have no such address. */
const UNAVAILABLE: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Listens on both addresses of `localhost`. With one of them, another program could listen on the other, which browsers try first.
 *
 * @param host a further address, or that of all networks
 * @returns what stops it
 * @throws {NodeJS.ErrnoException} if the port cannot be listened on
 */
export async function startLocalhostServer(
  answer: Answer,
  port: number,
  { host, access }: { host?: string; access?: PublicAccess } = {},
): Promise<Pick<RunningServer, 'close'>> {
  const servers: RunningServer[] = [];
  const close = async () => void (await Promise.all(servers.map((server) => server.close())));
  for (const address of addressesWith(host)) {
    try {
      servers.push(await listenOn(address, port, answer, access));
    } catch (error) {
      const isNeedless =
        address === '::1' && UNAVAILABLE.has((error as NodeJS.ErrnoException).code);
      if (isNeedless) continue;
      await close();
      throw error;
    }
  }
  return { close };
}

/** The addresses of all networks have those of this machine. */
function addressesWith(host: string | undefined): string[] {
  if (host === '::') return [host];
  if (host === '0.0.0.0') return [host, '::1'];
  return [...new Set(['127.0.0.1', '::1', ...(host === undefined ? [] : [host])])];
}
