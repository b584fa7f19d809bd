import { isIPv4, isIPv6 } from 'node:net';

/**
 * The part of a client address that one party usually has for itself: an IPv4 address, and the first 64 bits of an IPv6 address (RFC 6177,
 * section 2).
 */
export function addressGroupOf(address: string | undefined): string {
  if (address === undefined || !isIPv6(address)) return address ?? 'unknown';
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
