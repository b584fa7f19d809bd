import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** Addresses that a server listens on to be reached at any, and one at which it is. */
const ANY_ADDRESS: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/**
 * The URL at which the application reaches its own server: what it listens on, since `origin` can be that of a proxy, which may not
 * forward every path.
 *
 * @param server the server of the HTTP adapter
 * @param origin the URL of the application, for a server that does not listen, or not on a port
 */
export function ownAddress(server: unknown, origin: string): string {
  const listening = server instanceof EventEmitter ? addressOf(server) : undefined;
  if (listening === undefined) return origin;
  const protocol = server instanceof TlsServer ? 'https' : 'http';
  const address = ANY_ADDRESS.get(listening.address) ?? listening.address;
  const hostname = address.includes(':') ? `[${address}]` : address;
  return `${protocol}://${hostname}:${listening.port}`;
}

function addressOf(server: EventEmitter & { address?(): unknown }): AddressInfo | undefined {
  const address = server.address?.();
  return typeof address === 'object' && address !== null ? (address as AddressInfo) : undefined;
}
