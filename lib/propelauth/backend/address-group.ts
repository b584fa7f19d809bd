import { isIP, isIPv4 } from 'node:net';

/** Longer than every address with a port. Clients make up longer texts, of which only the zone of an IPv6 address may be cut off. */
const MAXIMUM_LENGTH = 128;

/** `192.0.2.1:50000` and `[2001:db8::1]:443`: some proxies add the port to a client address. */
const WITH_PORT = /^(?:([\d.]+):\d+|\[([^\]]+)\](?::\d+)?)$/;

/** The group of all texts that are not an address. Clients make up such texts, and each would otherwise be a group of its own. */
const UNKNOWN = 'unknown';

/**
 * A client address without the port that some proxies add, and without the zone of an IPv6 address; `undefined` for other texts, which
 * clients may have made up.
 */
export function ipAddressIn(address = ''): string | undefined {
  const text = address.slice(0, MAXIMUM_LENGTH);
  const [, v4, v6] = WITH_PORT.exec(text) ?? [];
  const bare = v4 ?? v6 ?? text;
  return isIP(bare) === 0 ? undefined : bare.split('%', 1)[0];
}

/**
 * The part of a client address that one party usually has for itself: an IPv4 address, and the first 64 bits of an IPv6 address (RFC 6177,
 * section 2).
 */
export function addressGroupOf(address: string | undefined): string {
  const bare = ipAddressIn(address);
  if (bare === undefined) return UNKNOWN;
  return isIPv4(bare) ? bare : ipv6GroupOf(bare);
}

function ipv6GroupOf(address: string): string {
  const mapped = address.slice(address.lastIndexOf(':') + 1);
  if (isIPv4(mapped)) return mapped;
  const [head = '', tail] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  const groups = tail === undefined ? first : [...first, ...zeros, ...last];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
