import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Origins } from '../access/origins.js';
import { ownOriginOf } from '../pages/page-routes.js';

const MAXIMUM_SHOWN_LENGTH = 200;

/** Where the browser goes from a page of the emulator. */
export class ReturnAddresses {
  constructor(private readonly origins: Origins) {}

  /** Where the browser goes if the front end does not say where: back to the front end it comes from. In PropelAuth, the dashboard says where. */
  homeFor(context: Context): string {
    const frontEnd = this.frontEndOf(context);
    return frontEnd === undefined ? `${ownOriginOf(context)}/account` : `${frontEnd}/`;
  }

  /** The origin of the front end that a request comes from, if it is another than the emulator's own. */
  frontEndOf(context: Context): string | undefined {
    const { origin = originOf(context.req.header('referer')) } = context.req.header();
    if (origin === undefined || origin === ownOriginOf(context)) return undefined;
    return this.origins.isTrusted(origin) ? origin : undefined;
  }

  /**
   * Reads the parameter `rt` of a front end: a URL in base64, as of `btoa()`.
   *
   * @throws {HTTPException} for a URL of another origin
   */
  read(context: Context, encoded: string | undefined): string {
    if (encoded === undefined) return this.homeFor(context);
    const text = Buffer.from(encoded, 'base64').toString('latin1');
    if (this.isAllowed(context, text)) return new URL(text).href;
    throw new HTTPException(400, {
      message:
        `The parameter rt is ${JSON.stringify(text.slice(0, MAXIMUM_SHOWN_LENGTH))}, which is not a page on this machine or of an ` +
        'allowed origin. Start the emulator with --allow-origin and the origin of your front end.',
    });
  }

  private isAllowed(context: Context, address: string): boolean {
    if (!URL.canParse(address)) return false;
    return this.origins.mayReturnTo(address) || address.startsWith(`${ownOriginOf(context)}/`);
  }
}

/** The parameter `rt` for an address. */
export function encodeAddress(address: string): string {
  return Buffer.from(address, 'latin1').toString('base64');
}

/** The path of another page, from which the browser goes on as from this one. */
export function pathOf(path: string, rt: string | undefined): string {
  return rt === undefined ? path : `${path}?${new URLSearchParams({ rt }).toString()}`;
}

function originOf(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).origin : undefined;
}
