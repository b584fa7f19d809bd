/** The approximate memory of a value, besides its text. */
const BYTES_PER_VALUE = 16;

/**
 * The approximate size of a JSON value in memory, in bytes; 0 for `undefined`. Iterates instead of recursing, since the sender chooses how
 * deep the value is.
 */
export function sizeOfJson(root: unknown): number {
  const remaining: unknown[] = [root];
  let size = 0;
  while (remaining.length > 0) {
    const value = remaining.pop();
    if (value === undefined) continue;
    size += BYTES_PER_VALUE + (typeof value === 'string' ? value.length : 0);
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, child] of Object.entries(value)) {
      size += name.length;
      remaining.push(child);
    }
  }
  return size;
}
