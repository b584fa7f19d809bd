/** A whole number as people write it: 12,345. */
export function thousands(value) {
  return Math.round(value).toLocaleString('en-US');
}
