import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { registerCleanup } from '../support/clean-up.js';
import type { Sent } from './credentials.js';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true });
registerCleanup(() => agent.destroy());

/** Sends a request. Unlike `fetch`, it can send two headers of one name. */
export function post(url: string, headers: OutgoingHttpHeaders, body: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      const { statusCode: status = 0, headers: received } = response;
      text(response).then(
        (content) => resolve({ status, headers: received, body: content }),
        reject,
      );
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

/** The headers with everything that a caller sends. */
export function headersOf({
  tokens = [],
  isWithoutScheme,
  apiKey,
  grant,
  service,
}: Sent): Record<string, string | string[]> {
  const values = tokens.map((token) => (isWithoutScheme ? token : `Bearer ${token}`));
  return {
    'content-type': 'application/json',
    ...(values.length > 0 && { Authorization: values.length === 1 ? values[0] : values }),
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
    ...(grant !== undefined && { 'x-step-up-grant': grant }),
    ...(service !== undefined && { 'x-service-token': service }),
  };
}

/** The reason of a rejection, its challenge and its message, from a response of HTTP. */
export function rejectionIn({ status, headers, body }: HttpAnswer): {
  result: string;
  message: string;
} {
  const { reason, message } = read(body);
  const challenge = headers['www-authenticate'];
  const retryAfter = headers['retry-after'];
  const hints = [
    challenge?.replace(/resource_metadata="[^"]*"/, 'resource_metadata'),
    retryAfter && `retry after ${retryAfter}`,
  ].filter(Boolean);
  return {
    result: [status, reason, hints.length > 0 && `(${hints.join('; ')})`].filter(Boolean).join(' '),
    message: message ?? '',
  };
}

function read(body: string): { reason?: string; message?: string } {
  try {
    return JSON.parse(body) as { reason?: string; message?: string };
  } catch {
    return { message: body };
  }
}
