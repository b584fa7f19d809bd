/**
 * About how many characters a JSON value has: those of its texts and names, and one for each value. A list of what is left replaces
 * recursion, since the sender chooses how deep the value is.
 */
export function lengthOfTexts(root: unknown): number {
  const remaining: unknown[] = [root];
  let length = 0;
  while (remaining.length > 0) {
    const value = remaining.pop();
    if (value === undefined) continue;
    length += typeof value === 'string' ? value.length : 1;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, child] of Object.entries(value)) {
      length += name.length;
      remaining.push(child);
    }
  }
  return length;
}
