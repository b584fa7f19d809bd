import { Rejection } from '../rejections/rejection.js';
import type { Call } from './call.js';
import { readOnce } from './read-once.js';
import { sentHeader, sentHost, type RequestHeaders } from './request-headers.js';

/** The methods that change nothing (RFC 9110, section 9.2.1). */
const SAFE_METHODS: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Rejects calls under a cookie that a web page of another origin may have sent: the browser adds the cookie, whoever wrote the page.
 *
 * A foreign `Origin` is rejected whatever the method, because CORS could let that page read the response. Without `Origin`, no page can read
 * it, so HTTP requests of safe methods pass. GraphQL operations and WebSocket connections are never safe, because a `GET` request can change
 * something there.
 *
 * Any other request without `Sec-Fetch-Site` and `Origin` is rejected, as OWASP recommends. Every browser sends one of them with a request
 * that is checked here, and other clients can use a header instead of a cookie.
 *
 * @param call a call whose credential is a cookie
 * @param allowedOrigins other origins whose pages may send the cookie
 * @param option the option with these origins, for the description under `debugMode`
 * @throws {Rejection} `origin_not_allowed`
 * @see OWASP Cross-Site Request Forgery Prevention Cheat Sheet; Go's net/http.CrossOriginProtection, which has the same order
 */
export function assertNotCrossSite(
  { request, httpRequest }: Pick<Call, 'request' | 'httpRequest'>,
  allowedOrigins: ReadonlySet<string>,
  option: string,
): void {
  const changesNothing = httpRequest !== undefined && isSafe(httpRequest);
  if (request !== undefined && isAllowed(request, allowedOrigins, changesNothing)) return;
  throw new Rejection('origin_not_allowed', {
    detail:
      'A cookie counts only for requests of the own origin, as Sec-Fetch-Site or Origin says, and of those in ' +
      `${option}. Add the origin of the page there, or send the credential in a header`,
  });
}

/** A GET request that opens a WebSocket is not safe. */
function isSafe({ method, headers }: RequestHeaders): boolean {
  return SAFE_METHODS.has(method) && headers.upgrade?.toLowerCase() !== 'websocket';
}

function isAllowed(
  request: RequestHeaders,
  allowedOrigins: ReadonlySet<string>,
  changesNothing: boolean,
): boolean {
  const { origin, site, ownOrigins } = senderOf(request);
  // Several headers of a name are joined, and the result is neither an origin nor a known site.
  if (origin !== undefined && allowedOrigins.has(origin)) return true;
  if (site === 'same-origin' || site === 'none') return true;
  if (origin === undefined) return changesNothing;
  return site === undefined && ownOrigins.includes(origin);
}

/** What the headers of a request say about the page that sent it. */
interface Sender {
  readonly origin: string | undefined;
  readonly site: string | undefined;
  /** The origins that a page of this API may have, by the host that the request names. */
  readonly ownOrigins: readonly string[];
}

function senderOf(request: RequestHeaders): Sender {
  return readOnce(request, 'the sender', undefined, () => ({
    origin: sentHeader(request, 'origin'),
    site: sentHeader(request, 'sec-fetch-site'),
    ownOrigins: ownOriginsOf(request),
  }));
}

/**
 * The origins of the API itself, by its Host header. A request that was not encrypted up to here may come from a proxy that ends TLS.
 * `X-Forwarded-Proto` only rules origins out.
 */
function ownOriginsOf(request: RequestHeaders): string[] {
  const host = sentHost(request);
  const isEncrypted =
    request.socket?.encrypted === true || sentHeader(request, 'x-forwarded-proto') === 'https';
  const schemes = isEncrypted ? ['https'] : ['https', 'http'];
  return schemes.flatMap((scheme) => {
    // Browsers write origins without the standard port, and proxies may add it to the host.
    const url = URL.parse(`${scheme}://${host ?? ''}`);
    return url !== null && url.pathname === '/' && url.username === '' ? [url.origin] : [];
  });
}
