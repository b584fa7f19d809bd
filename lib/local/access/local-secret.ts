import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { UnauthorizedException } from '@nestjs/common';
import { LocalCookie } from './local-cookie.js';
import { urlOf } from './raw-request.js';

/** The query parameter with the secret. */
const PARAMETER = 'local_secret';
const COOKIE_LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/**
 * What tells the developer from everyone else who reaches the application: a proxy for development makes requests from the network look
 * like those of this machine. The application prints it at startup, inside of links, and the browser then keeps it in a cookie, as with
 * Jupyter.
 */
export class LocalSecret {
  readonly #value: string;
  readonly #cookie: LocalCookie;
  /** Browsers send cookies to all servers of a hostname, whatever their ports: not the secret itself. */
  readonly #cookieValue: string;

  /**
   * @param value the secret
   * @param origin the origin of the application
   * @param projectId distinguishes the cookies of projects
   */
  constructor(
    value: string,
    private readonly origin: string,
    projectId: string,
  ) {
    this.#value = value;
    this.#cookie = new LocalCookie(`propelauth_local_${projectId}`, origin);
    this.#cookieValue = this.sign('cookie');
  }

  /** @throws {UnauthorizedException} if a request does not have the secret */
  assertIn(request: IncomingMessage): void {
    if (this.isIn(request)) return;
    throw new UnauthorizedException(
      'The secret of the local PropelAuth is missing or wrong. Open one of the links that the application printed at startup. ' +
        'Front ends get the cookie only on the same hostname.',
    );
  }

  /** Whether a request has the secret, in its address or in its cookie. */
  isIn(request: IncomingMessage): boolean {
    return this.isInAddressOf(request) || this.isInCookieOf(request);
  }

  isInAddressOf(request: IncomingMessage): boolean {
    const value = addressOf(request).searchParams.get(PARAMETER);
    return value !== null && isSame(value, this.#value);
  }

  /** The value of a `Set-Cookie` header that makes the browser keep the secret. */
  get cookie(): string {
    return this.#cookie.headerFor(this.#cookieValue, COOKIE_LIFETIME_SECONDS);
  }

  /** A signature that only the owner of the secret can create. A text has to begin with what it is for. */
  sign(text: string): string {
    return createHmac('sha256', this.#value).update(text).digest('base64url');
  }

  /** The URL of a page of the application, with the secret. */
  linkTo(path: string): string {
    const link = new URL(path, this.origin);
    link.searchParams.set(PARAMETER, this.#value);
    return link.href;
  }

  private isInCookieOf(request: IncomingMessage): boolean {
    return this.#cookie.valuesIn(request).some((value) => isSame(value, this.#cookieValue));
  }
}

/** The address of a request without the secret, as a path of this server. */
export function pathWithoutSecret(request: IncomingMessage): string {
  const { pathname, searchParams } = addressOf(request);
  searchParams.delete(PARAMETER);
  const query = searchParams.size === 0 ? '' : `?${searchParams.toString()}`;
  // Two slashes would begin the address of another server.
  return pathname.replace(/^\/+/, '/') + query;
}

function addressOf(request: IncomingMessage): URL {
  const url = urlOf(request);
  return URL.canParse(url, 'http://localhost')
    ? new URL(url, 'http://localhost')
    : new URL('http://localhost');
}

/** Compares secrets, without a difference in time. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
