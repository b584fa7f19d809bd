import { Rejection } from '../rejections/rejection.js';
import { readAuthorizationHeader, readBearerToken } from './http/http-call.js';
import { readOnce } from './read-once.js';
import { sentValuesOf, type RequestHeaders } from './request-headers.js';

/** The header of end-user API keys, in lower case. */
export const API_KEY_HEADER = 'x-api-key';

/**
 * The text after `Bearer` in the Authorization header of a request; `undefined` without one.
 *
 * @throws {Rejection} `token_malformed` for an Authorization header that is not exactly one `Bearer <credential>`
 */
export function readBearerText(request: RequestHeaders): string | undefined {
  return readOnce(request, 'Bearer', request.headers.authorization, () =>
    readBearerToken(readAuthorizationHeader(request)),
  );
}

/** What the Authorization header says: its scheme, and what follows after one space. */
export interface Authorization {
  readonly scheme: string;
  readonly text: string;
}

/**
 * The Authorization header of a request under any scheme; `undefined` without one.
 *
 * @throws {Rejection} `token_malformed` for several, and for one that is no text
 */
export function readAuthorization(request: RequestHeaders): Authorization | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  return readOnce(request, 'the scheme', authorization, () => {
    const header = readAuthorizationHeader(request);
    if (typeof header !== 'string') throw new Rejection('token_malformed');
    const space = header.indexOf(' ');
    return space < 0
      ? { scheme: header, text: '' }
      : { scheme: header.slice(0, space), text: header.slice(space + 1) };
  });
}

/**
 * The value of a header that holds a credential; `undefined` without it.
 *
 * @param name in lower case
 * @throws {Rejection} `credentials_ambiguous` when it was sent several times
 */
export function readCredentialHeader(request: RequestHeaders, name: string): string | undefined {
  const value: unknown = request.headers[name];
  if (value === undefined) return undefined;
  return readOnce(request, `the header ${name}`, value, () => {
    // Over Mercurius, a connection parameter of any type may be among the headers.
    if (typeof value !== 'string') throw new Rejection('credential_invalid');
    // Node.js joins the values of an unknown header that was sent several times.
    const sent = sentValuesOf(request, name) ?? [];
    if (sent.length > 1) throw new Rejection('credentials_ambiguous');
    return value;
  });
}

/** Whether a text is taken for a JSON Web Token, and never for an opaque credential. */
export function hasThreeParts(text: string): boolean {
  const first = text.indexOf('.');
  const second = first < 0 ? -1 : text.indexOf('.', first + 1);
  return second >= 0 && !text.includes('.', second + 1);
}
