import type { Context } from 'hono';
import { OAuthError } from './oauth-error.js';

const FORM = 'application/x-www-form-urlencoded';

/**
 * The parameters of a request, from its query or form. An empty parameter counts as absent, and none may be repeated (RFC 6749, sections 3.1
 * and 3.2).
 */
export class RequestParameters {
  constructor(private readonly sent: URLSearchParams) {}

  /** The value; `undefined` if it is absent or repeated. */
  get(name: string): string | undefined {
    const values = this.sent.getAll(name);
    return values.length === 1 && values[0] !== '' ? values[0] : undefined;
  }

  /** @throws {OAuthError} `invalid_request` if it is absent */
  require(name: string): string {
    const value = this.get(name);
    if (value !== undefined) return value;
    throw new OAuthError('invalid_request', `${name} is missing.`);
  }

  /** @throws {OAuthError} `invalid_request` if a parameter is repeated */
  assertNoneRepeated(names: readonly string[] = [...this.sent.keys()]): void {
    if (names.every((name) => this.sent.getAll(name).length <= 1)) return;
    throw new OAuthError('invalid_request', 'A parameter is repeated.');
  }
}

/** The parameters in the query of a request. */
export function queryOf(context: Context): RequestParameters {
  return new RequestParameters(new URL(context.req.url).searchParams);
}

/** The parameters of a form of a page. A body of another type has none. */
export function formOf(context: Context): Promise<RequestParameters> {
  return readForm(context).catch(() => new RequestParameters(new URLSearchParams()));
}

/**
 * The parameters in the body of a request.
 *
 * @throws {OAuthError} `invalid_request` if it is no form
 */
export async function readForm(context: Context): Promise<RequestParameters> {
  const [type = ''] = (context.req.header('content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== FORM) {
    throw new OAuthError('invalid_request', `The Content-Type must be ${FORM}.`);
  }
  return new RequestParameters(new URLSearchParams(await context.req.text()));
}
