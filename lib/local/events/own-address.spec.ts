import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { registerCleanup } from '../../../test/support/clean-up.js';
import { ownAddress } from './own-address.js';

const ORIGIN = 'http://localhost:3000';

async function listening(server: Server, host: string): Promise<Server> {
  registerCleanup(() => server.close());
  await once(server.listen(0, host), 'listening');
  return server;
}

/** A server that says it listens there, also where the machine of the test has no such address. */
function pretending(address: string): Server {
  const server = createServer();
  server.address = () => ({ address, family: 'IPv6', port: 4000 });
  return server;
}

describe('The address at which the application reaches itself', () => {
  it.each(['127.0.0.1', '0.0.0.0'])('is on 127.0.0.1 for a server on %s', async (host) => {
    const server = await listening(createServer(), host);
    const { port } = server.address() as AddressInfo;
    expect(ownAddress(server, ORIGIN)).toBe(`http://127.0.0.1:${port}`);
  });

  it.each(['::', '::1'])('is on [::1] for a server on %s', (host) => {
    expect(ownAddress(pretending(host), ORIGIN)).toBe('http://[::1]:4000');
  });

  it('has https for a server with a certificate', async () => {
    const server = await listening(createSecureServer(), '127.0.0.1');
    expect(ownAddress(server, ORIGIN)).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  });

  it('is the origin without a server, or if the server does not listen on a port', () => {
    const atPath = Object.assign(createServer(), { address: () => '/run/app.sock' });
    for (const server of [createServer(), atPath, undefined]) {
      expect(ownAddress(server, ORIGIN)).toBe(ORIGIN);
    }
  });
});
