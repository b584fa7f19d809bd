/** The bytes in use after garbage collection. Needs --expose-gc. */
export function usedBytes() {
  // The second one collects what the finalizers of the first one released.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
