/**
 * Freezes an object and everything it holds, but for what is frozen already. A list of what is left replaces
 * recursion, since the sender chooses how deep the value is.
 */
export function deepFreeze<T extends object>(root: T): T {
  const remaining: object[] = [root];
  for (let value = remaining.pop(); value !== undefined; value = remaining.pop()) {
    for (const child of childrenOf(value)) {
      if (typeof child === 'object' && child !== null && !Object.isFrozen(child)) {
        remaining.push(child);
      }
    }
    // After its children are read: V8 takes longer to read what is frozen.
    Object.freeze(value);
  }
  return root;
}

function childrenOf(value: object): unknown[] {
  return Array.isArray(value) ? value : Object.values(value);
}
