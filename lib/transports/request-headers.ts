import type { IncomingHttpHeaders } from 'node:http';
import { readOnce } from './read-once.js';

/** The parts of a request that are used: an IncomingMessage, or an object of an HTTP adapter around one (`raw`, as in Fastify). */
export interface RequestHeaders {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders?: readonly string[];
  readonly raw?: { readonly rawHeaders?: readonly string[] };
  readonly method?: string;
  /** Of Express and Fastify, which respect their option to trust proxies. */
  readonly ip?: unknown;
  readonly socket?: { readonly remoteAddress?: unknown; readonly encrypted?: unknown } | null;
}

/**
 * The values of a header as the client sent it, however often. Node.js drops or joins some, and libraries may add headers of their own to the
 * others.
 *
 * @param name in lower case
 * @returns `undefined` for a request that does not have its raw headers
 */
export function sentValuesOf(
  { rawHeaders, raw }: RequestHeaders,
  name: string,
): string[] | undefined {
  const sent = rawHeaders ?? raw?.rawHeaders;
  return sent?.filter(
    (_value, index) => index % 2 === 1 && sent[index - 1]?.toLowerCase() === name,
  );
}

/**
 * A header as the browser sent it. Mercurius adds connection parameters to the headers of the request that opened a WebSocket, and any page
 * chooses its parameters. Chromium sends no `Sec-Fetch-Site` there that they could not replace.
 */
export function sentHeader(request: RequestHeaders, name: string): string | undefined {
  const sent = sentValuesOf(request, name);
  if (sent === undefined) return request.headers[name] as string | undefined;
  return sent.length === 0 ? undefined : sent.join(', ');
}

/**
 * The host that a request is sent to, with its port. `X-Forwarded-Host` does not count: any client can send it.
 *
 * @returns `undefined` as well for two that differ, which RFC 9113, section 8.3.1, calls malformed: the application may read the other one
 */
export function sentHost(request: RequestHeaders): string | undefined {
  // HTTP/2 has its own name for the header.
  const authority = sentHeader(request, ':authority');
  const host = sentHeader(request, 'host');
  if (authority === undefined || host === undefined) return authority ?? host;
  return authority.toLowerCase() === host.toLowerCase() ? authority : undefined;
}

/** The longest id of a request that is passed on: an application may take it from a header, which a client has chosen. */
const REQUEST_ID = /^[!-~]{1,128}$/;

/**
 * The address that a request comes from, as the application sees it: the client's address, behind proxies that the application trusts. It
 * is `undefined` if it is not known, or if the application's function that decides which proxies to trust fails.
 */
export function addressOfRequest(request: object | undefined): string | undefined {
  // Express reads X-Forwarded-For each time that it is asked.
  return request && readOnce(request, 'the address', undefined, () => addressIn(request));
}

function addressIn(request: Pick<RequestHeaders, 'ip' | 'socket'>): string | undefined {
  try {
    const { ip, socket } = request;
    const address = ip ?? socket?.remoteAddress;
    return typeof address === 'string' && address !== '' ? address : undefined;
  } catch {
    return undefined;
  }
}

/** The `id` that Fastify or a middleware has given a request, if it is a text or number of a usual length. */
export function idOfRequest(request: object | undefined): string | undefined {
  const { id } = (request ?? {}) as { readonly id?: unknown };
  const text = typeof id === 'number' ? String(id) : id;
  return typeof text === 'string' && REQUEST_ID.test(text) ? text : undefined;
}
