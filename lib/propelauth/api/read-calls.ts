/** Whether a call changes nothing and may be repeated. PropelAuth's client names these functions `fetch…`, and no others. */
export function isRead(call: string): boolean {
  return call.startsWith('fetch');
}
