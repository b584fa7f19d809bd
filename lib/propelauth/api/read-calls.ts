/** Whether a call only reads, so that it may be repeated. PropelAuth's client names these functions `fetch…`, and no others. */
export function isRead(call: string): boolean {
  return call.startsWith('fetch');
}
