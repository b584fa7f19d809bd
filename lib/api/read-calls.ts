/**
 * Whether a call only looks: PropelAuth's client calls these functions `fetch…` and no others. They may be repeated; whether any
 * other was carried out matters.
 */
export function isRead(call: string): boolean {
  return call.startsWith('fetch');
}
