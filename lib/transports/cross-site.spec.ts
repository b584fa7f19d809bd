import type { IncomingHttpHeaders } from 'node:http';
import { Rejection } from '../rejections/rejection.js';
import { assertNotCrossSite } from './cross-site.js';

const HOST = { host: 'api.example.com' };
const ALLOWED = new Set(['https://app.example.com']);
const OPTION = 'allowedOrigins of tokenFromCookie()';

interface Sent {
  method?: string;
  headers: IncomingHttpHeaders;
  socket?: { encrypted: boolean };
}

/** Whether an HTTP request passes. */
function passes(request: Sent): boolean {
  return check({ request, httpRequest: request });
}

/** Whether an operation or message passes that came with a request, or over a connection that one opened. */
function passesWithin(request: Sent): boolean {
  return check({ request, httpRequest: undefined });
}

function check(call: Parameters<typeof assertNotCrossSite>[0]): boolean {
  try {
    assertNotCrossSite(call, ALLOWED, OPTION);
    return true;
  } catch (error) {
    if (error instanceof Rejection && error.reason === 'origin_not_allowed') return false;
    throw error;
  }
}

const own: [string, IncomingHttpHeaders][] = [
  ['Sec-Fetch-Site: same-origin', { 'sec-fetch-site': 'same-origin' }],
  // Behind a development proxy that changes the Host header.
  [
    'same-origin, though Origin and Host differ',
    { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:5173' },
  ],
  ['Sec-Fetch-Site: none', { 'sec-fetch-site': 'none' }],
  ['the own Origin', { origin: 'https://api.example.com' }],
  [
    'the own Origin before a proxy that ends TLS, or without TLS',
    { origin: 'http://api.example.com' },
  ],
  [
    'the own Origin over HTTP/2',
    { host: undefined, ':authority': 'h2.example.com', origin: 'https://h2.example.com' },
  ],
  [
    'the own Origin, and a Host with the standard port, as proxies may write it',
    { host: 'API.example.com:443', origin: 'https://api.example.com' },
  ],
  [
    'the own Origin behind a proxy that has ended TLS',
    { origin: 'https://api.example.com', 'x-forwarded-proto': 'https' },
  ],
  ['the own Origin with a port', { host: 'localhost:3000', origin: 'http://localhost:3000' }],
  [
    'an allowed Origin of the same site',
    { 'sec-fetch-site': 'same-site', origin: 'https://app.example.com' },
  ],
  [
    'an allowed Origin of another site',
    { 'sec-fetch-site': 'cross-site', origin: 'https://app.example.com' },
  ],
  ['an allowed Origin alone', { origin: 'https://app.example.com' }],
];

const foreign: [string, IncomingHttpHeaders][] = [
  ['neither Sec-Fetch-Site nor Origin', {}],
  ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
  ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }],
  [
    'cross-site, whatever Origin and Host say',
    { 'sec-fetch-site': 'cross-site', origin: 'https://api.example.com' },
  ],
  ['an unknown Sec-Fetch-Site', { 'sec-fetch-site': 'SAME-ORIGIN' }],
  ['an empty Sec-Fetch-Site', { 'sec-fetch-site': '', origin: 'https://api.example.com' }],
  ['several Sec-Fetch-Site', { 'sec-fetch-site': 'same-origin, cross-site' }],
  ['another Origin', { origin: 'https://evil.example' }],
  ['the Origin null', { origin: 'null' }],
  ['cross-site and the Origin null', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
  ['same-site and a subdomain', { 'sec-fetch-site': 'same-site', origin: 'https://b.example.com' }],
  ['an empty Origin', { origin: '' }],
  ['several Origins', { origin: 'https://api.example.com, https://evil.example' }],
  ['the Origin of a subdomain', { origin: 'https://x.api.example.com' }],
  ['the Origin of the parent domain', { origin: 'https://example.com' }],
  ['an Origin that begins like the own one', { origin: 'https://api.example.com.evil.example' }],
  ['an Origin that ends like the own one', { origin: 'https://evil-api.example.com' }],
  ['an Origin that begins like an allowed one', { origin: 'https://app.example.com.evil.example' }],
  ['an Origin that ends like an allowed one', { origin: 'https://evilapp.example.com' }],
  ['the Origin of a subdomain of an allowed one', { origin: 'https://x.app.example.com' }],
  ['an allowed Origin on another port', { origin: 'https://app.example.com:8443' }],
  ['an allowed Origin without TLS', { origin: 'http://app.example.com' }],
  ['an allowed Origin as user', { origin: 'https://app.example.com@evil.example' }],
  ['an allowed Origin and more', { origin: 'https://app.example.com/, https://evil.example' }],
  [
    'the Origin that Forwarded names',
    { origin: 'https://evil.example', forwarded: 'host=evil.example' },
  ],
  ['an Origin with the own host as user', { origin: 'https://api.example.com@evil.example' }],
  ['an Origin of another port', { origin: 'https://api.example.com:8443' }],
  ['an Origin of another scheme', { origin: 'capacitor://api.example.com' }],
  ['an Origin with a path', { origin: 'https://api.example.com/' }],
  [
    'an Origin with a port, and a Host without',
    { host: 'localhost', origin: 'http://localhost:3000' },
  ],
  [
    'the Origin that X-Forwarded-Host names',
    { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
  ],
  ['the own address in Referer alone', { referer: 'https://api.example.com/' }],
  [
    'the own Origin without TLS, behind a proxy that has ended TLS',
    { origin: 'http://api.example.com', 'x-forwarded-proto': 'https' },
  ],
  [
    'the Origin of the Host header over HTTP/2, which names another host',
    { ':authority': 'api.example.com', host: 'evil.example', origin: 'https://evil.example' },
  ],
  [
    'the Origin of the HTTP/2 authority, where the Host header names another host',
    { ':authority': 'api.example.com', host: 'evil.example', origin: 'https://api.example.com' },
  ],
  ['a Host that is no host', { host: 'api.example.com/x', origin: 'https://api.example.com' }],
  ['an Origin and no Host', { host: undefined, origin: 'https://undefined' }],
];

describe('Under a cookie', () => {
  it.each(own)('an HTTP request, operation or connection passes with %s', (_what, headers) => {
    expect(passes({ method: 'POST', headers: { ...HOST, ...headers } })).toBe(true);
    expect(passesWithin({ method: 'GET', headers: { ...HOST, ...headers } })).toBe(true);
  });

  it.each(foreign)(
    'an HTTP request, operation or connection is rejected with %s',
    (_what, headers) => {
      expect(passes({ method: 'POST', headers: { ...HOST, ...headers } })).toBe(false);
      expect(passesWithin({ method: 'GET', headers: { ...HOST, ...headers } })).toBe(false);
    },
  );

  describe.each(['GET', 'HEAD', 'OPTIONS'])('an HTTP request with %s', (method) => {
    it.each(own)('passes with %s', (_what, headers) => {
      expect(passes({ method, headers: { ...HOST, ...headers } })).toBe(true);
    });

    // No page can read the response without an Origin.
    it.each(foreign.filter(([, { origin }]) => origin === undefined))(
      'passes without an Origin, with %s',
      (_what, headers) => {
        expect(passes({ method, headers: { ...HOST, ...headers } })).toBe(true);
      },
    );

    it.each(foreign.filter(([, { origin }]) => origin !== undefined))(
      'is rejected with %s',
      (_what, headers) => {
        expect(passes({ method, headers: { ...HOST, ...headers } })).toBe(false);
      },
    );
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'get', 'PROPFIND', undefined])(
    'an HTTP request with %s is rejected from another site',
    (method) => {
      const request = { headers: { 'sec-fetch-site': 'cross-site' } };
      expect(passes(method === undefined ? request : { method, ...request })).toBe(false);
    },
  );

  it('an HTTP request that opens a WebSocket is rejected from another site', () => {
    const headers = { ...HOST, origin: 'https://evil.example', upgrade: 'WebSocket' };
    expect(passes({ method: 'GET', headers })).toBe(false);
  });

  it('the own Origin is https if the request came encrypted', () => {
    const request = { method: 'POST', socket: { encrypted: true } };
    const withOrigin = (origin: string) => ({ ...request, headers: { ...HOST, origin } });
    expect(passes(withOrigin('https://api.example.com'))).toBe(true);
    expect(passes(withOrigin('http://api.example.com'))).toBe(false);
  });

  it('a rejection names the option with the allowed origins', () => {
    const call = { request: { headers: {} }, httpRequest: undefined };
    expect(() => assertNotCrossSite(call, ALLOWED, OPTION)).toThrow(OPTION);
  });

  it('a call without a known request is rejected', () => {
    expect(check({ request: undefined, httpRequest: undefined })).toBe(false);
  });
});
