import { request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { isLoopback } from '../access/origins.js';
import type { SignedWebhook } from '../issuer/signed-webhook.js';

/** As long as Svix waits. */
const TIMEOUT_MILLISECONDS = 15_000;

/**
 * Sends a signed event once. It follows no redirect and keeps nothing of the response.
 *
 * Not with `fetch()`, which keeps connections open: an application that restarts has closed them, and a server that is to close waits for
 * them. Tests and tools replace `fetch()`, too.
 *
 * @param signal ends the request
 * @returns the status of the response
 * @throws the error of the network, and an error after 15 seconds without a response
 */
export function postWebhook(
  url: string,
  { headers, body }: SignedWebhook,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const post = url.startsWith('https:') ? requestByHttps : requestByHttp;
    const request = post(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // A connection of its own.
      agent: false,
      // The certificates of applications in development are often self-signed.
      rejectUnauthorized: !isLoopback(new URL(url).origin),
      signal,
    });
    const timer = setTimeout(
      () => request.destroy(new Error('no response within 15 s')),
      TIMEOUT_MILLISECONDS,
    );
    request.on('close', () => clearTimeout(timer));
    request.on('error', reject);
    request.on('response', (response) => {
      // A body that is cut off is of no interest.
      response.on('error', () => {});
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.end(body);
  });
}
