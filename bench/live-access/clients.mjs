import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

/** Sends a request. @returns the status */
export async function send(url, { method = 'GET', headers, body } = {}) {
  const response = await open(url, { method, headers, agent }, body);
  response.resume();
  return response.statusCode;
}

export function call(url, token) {
  return send(url, { headers: { authorization: `Bearer ${token}` } });
}

/**
 * Opens a stream.
 *
 * @returns the status, a promise for the end of the stream, and a function that closes it
 */
export async function openStream(url, token) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await open(url, { headers, agent: false });
  const ended = new Promise((resolve) => response.once('close', resolve));
  response.on('error', () => {});
  response.resume();
  return { status: response.statusCode, ended, close: () => response.destroy() };
}

function open(url, options, body) {
  return new Promise((resolve, reject) => {
    request(url, options, resolve).once('error', reject).end(body);
  });
}
