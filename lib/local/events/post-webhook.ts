import { request as requestByHttp, type IncomingMessage } from 'node:http';
import { request as requestByHttps } from 'node:https';
import type { TestWebhook } from '../issuer/signed-webhook.js';

/** As long as Svix waits. */
const TIMEOUT_MILLISECONDS = 15_000;

/**
 * Sends a signed event to the application itself. Not with `fetch()`, which may go through a proxy, and does not accept the certificates
 * that applications have in development.
 *
 * @returns the status of the response
 * @throws the error of the network, and an error after 15 seconds without a response
 */
export function postWebhook(url: string, { headers, body }: TestWebhook): Promise<number> {
  return new Promise((resolve, reject) => {
    const post = url.startsWith('https:') ? requestByHttps : requestByHttp;
    const request = post(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // Neither the global agent, which may be set up for a proxy, nor a connection that keeps the server from closing.
      agent: false,
      // It is the certificate of this application, on this machine.
      rejectUnauthorized: false,
    });
    const timer = setTimeout(
      () => request.destroy(new Error('no response within 15 s')),
      TIMEOUT_MILLISECONDS,
    );
    request.on('close', () => clearTimeout(timer));
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      response.resume();
      resolve(response.statusCode as number);
    });
    request.end(body);
  });
}
