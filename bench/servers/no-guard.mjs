/** Nothing looks at the request. */
export function createProtection() {
  return {};
}
