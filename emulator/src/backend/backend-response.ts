/** A response of PropelAuth's backend: a status, and JSON. */
export interface BackendResponse {
  readonly status: number;
  readonly body: unknown;
}

export const NOT_FOUND: BackendResponse = { status: 404, body: {} };

/** What changes answer, which fail if what they are about is not there. */
export function okIf(isFound: boolean): BackendResponse {
  return isFound ? ok() : NOT_FOUND;
}

export function ok(body: object = {}): BackendResponse {
  return { status: 200, body };
}
