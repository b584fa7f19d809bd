/** What a value takes besides its text, about. */
const BYTES_PER_VALUE = 16;

/**
 * About how many bytes a JSON value takes in memory; 0 for `undefined`. A list of what is left replaces recursion, since the sender chooses
 * how deep the value is.
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
