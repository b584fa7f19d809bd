/** A whole number as people write it: 12,345. */
export function thousands(value) {
  return Math.round(value).toLocaleString('en-US');
}

/** Nanoseconds, or microseconds for times that are longer. */
export function duration(nanoseconds) {
  if (nanoseconds < 10_000) return `${thousands(nanoseconds)} ns`;
  return `${(nanoseconds / 1_000).toFixed(1)} µs`;
}

export function milliseconds(value) {
  return `${value.toFixed(1)} ms`;
}

export function kilobytes(bytes) {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}

export function megabytes(bytes) {
  return `${(bytes / 1_000_000).toFixed(2)} MB`;
}
