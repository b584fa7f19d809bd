import { isIPv4, isIPv6 } from 'node:net';

/** `192.0.2.1:50000` and `[2001:db8::1]:443`: some proxies add the port to a client address. */
const WITH_PORT = /^(?:([\d.]+):\d+|\[([^\]]+)\](?::\d+)?)$/;

/** The group of all texts that are not an address. Clients make up such texts, and each would otherwise be a group of its own. */
const UNKNOWN = 'unknown';

/**
 * The part of a client address that one party usually has for itself: an IPv4 address, and the first 64 bits of an IPv6 address (RFC 6177,
 * section 2).
 */
export function addressGroupOf(address: string | undefined): string {
  const [, v4, v6] = WITH_PORT.exec(address ?? '') ?? [];
  const bare = v4 ?? v6 ?? address ?? '';
  if (isIPv6(bare)) return ipv6GroupOf(bare);
  return isIPv4(bare) ? bare : UNKNOWN;
}

function ipv6GroupOf(address: string): string {
  const [withoutZone = ''] = address.split('%');
  const mapped = withoutZone.slice(withoutZone.lastIndexOf(':') + 1);
  if (isIPv4(mapped)) return mapped;
  const [head = '', tail] = withoutZone.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  const groups = tail === undefined ? first : [...first, ...zeros, ...last];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
