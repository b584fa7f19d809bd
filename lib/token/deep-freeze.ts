/**
 * Freezes an object and everything it holds. A list of what is left takes the place of recursion, since the depth of the
 * value is its sender's choice.
 */
export function deepFreeze<T extends object>(root: T): T {
  const remaining: object[] = [root];
  for (let value = remaining.pop(); value !== undefined; value = remaining.pop()) {
    Object.freeze(value);
    for (const child of Object.values(value)) {
      if (typeof child === 'object' && child !== null) remaining.push(child);
    }
  }
  return root;
}
